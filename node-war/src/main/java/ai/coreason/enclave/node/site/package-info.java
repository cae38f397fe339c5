/** What the data owner signed off: the site file, the policy on jobs, and the datasets the node may train on. */
package ai.coreason.enclave.node.site;
