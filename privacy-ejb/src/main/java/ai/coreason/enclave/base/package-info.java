/** What every room uses and that knows nothing of the field: JSON trees and strict fields, digests, PEM, private files. */
package ai.coreason.enclave.base;
