/** Strict reading of JSON documents and their canonical form. Every document that crosses a boundary is read here. */
package ai.coreason.enclave.privacy.json;
