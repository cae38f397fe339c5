package ai.coreason.enclave.overseer.identity;
