package ai.coreason.enclave.launcher.synthetic;

/**
 * One made-up hospital: how many patients it has and how they differ from the average ones.
 *
 * @param node the node's id; the file is called alike, without {@code node_}
 * @param rows true number of records
 * @param declaredRows what its owner registers: rounded, public
 * @param frailty mean frailty of its patients, in population standard deviations: shifts every risk factor and with them
 *     the prevalence
 * @param age years by which its patients are older than average, whatever their frailty
 * @param glucose mg/dl by which its laboratory reads higher than average
 * @param women share of women
 */
record Hospital(String node, int rows, int declaredRows, double frailty, double age, double glucose, double women) {

    /** The file of its records. */
    String file() {
        return node.substring("node_".length()) + ".csv";
    }
}
