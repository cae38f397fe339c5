/** What a call may cost before anybody knows who makes it: bodies, threads and how often. */
package ai.coreason.enclave.web.gate;
