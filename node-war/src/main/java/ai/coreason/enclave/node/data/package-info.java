/** Local records as a model takes them: checked against their schema, encoded by public rules, never logged. */
package ai.coreason.enclave.node.data;
