package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.JsonFields;
import java.math.BigInteger;
import java.util.List;

/**
 * What Intel says of TDX modules of one version.
 *
 * @param id such as {@code TDX_01}; {@code TDX_00} for modules before versions were counted
 * @param mrSigner 48 bytes, lower-case hex
 * @param attributes 8 bytes, lower-case hex
 * @param attributesMask which bits of the attributes count
 * @param levels none for {@code TDX_00}, whose levels are the platform's
 */
record TdxModule(String id, String mrSigner, String attributes, String attributesMask, List<SoftwareLevel> levels) {
    TdxModule {
        levels = List.copyOf(levels);
    }

    static TdxModule read(JsonFields fields, String id, List<SoftwareLevel> levels) {
        return new TdxModule(
                id,
                Wire.hex(fields, "mrsigner", 48),
                Wire.hex(fields, "attributes", 8),
                Wire.hex(fields, "attributesMask", 8),
                levels);
    }

    /** The id of the module whose version a TCB states. */
    static String id(String teeTcbSvn) {
        return "TDX_" + teeTcbSvn.substring(2, 4).toUpperCase(java.util.Locale.ROOT);
    }

    /** Notes a signer or attributes that are not this module's; attributes have to be zero besides. */
    void judge(TdReport report, Findings findings) {
        findings.check(
                report.mrSignerSeam().equals(mrSigner), "tdx_module.mr_signer_seam", mrSigner, report.mrSignerSeam());
        BigInteger came = new BigInteger(report.seamAttributes(), 16);
        findings.check(
                came.signum() == 0
                        && came.and(new BigInteger(attributesMask, 16)).equals(new BigInteger(attributes, 16)),
                "tdx_module.seam_attributes",
                attributes,
                report.seamAttributes());
    }
}
