/** How well a trained model does on public records that no node trained on. */
package ai.coreason.enclave.launcher.holdout;
