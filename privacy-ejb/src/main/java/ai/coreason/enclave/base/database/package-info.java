/** The tables of a database and their versions. */
package ai.coreason.enclave.base.database;
