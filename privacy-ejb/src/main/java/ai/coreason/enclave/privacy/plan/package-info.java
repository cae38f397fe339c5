/** What a node does in a round: what a job asks for, and the rule that makes a plan from it and a registered dataset. */
package ai.coreason.enclave.privacy.plan;
