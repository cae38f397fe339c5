/** The messages that Foundry, Overseer and nodes exchange: typed, read strictly, every member checked. */
package ai.coreason.enclave.sentry.contract;
