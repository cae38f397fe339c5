/** Made-up records for trying the federation without anyone's data: seeded, documented, different at every site. */
package ai.coreason.enclave.launcher.synthetic;
