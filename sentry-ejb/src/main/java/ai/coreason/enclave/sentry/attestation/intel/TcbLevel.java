package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What Intel says of a platform whose parts have at least these security versions.
 *
 * @param sgx 16 parts, 0 to 255 each
 * @param pceSvn of the provisioning certification enclave, 0 to 65535
 * @param tdx 16 parts, 0 to 255 each; none in an SGX document
 * @param advisories the identifiers of what is known against it
 */
record TcbLevel(List<Integer> sgx, int pceSvn, List<Integer> tdx, TcbStatus status, List<String> advisories) {
    private static final int COMPONENTS = 16;

    TcbLevel {
        sgx = List.copyOf(sgx);
        tdx = List.copyOf(tdx);
        advisories = List.copyOf(advisories);
    }

    /** Reads a level of a document of version 2, which is of SGX only, or 3. */
    static TcbLevel read(JsonFields level, int version, TeeType tee) {
        JsonFields tcb = level.object("tcb");
        return new TcbLevel(
                version == 2 ? numbered(tcb) : components(tcb, "sgxtcbcomponents"),
                (int) tcb.whole("pcesvn", 0, 65535),
                tee == TeeType.TDX ? components(tcb, "tdxtcbcomponents") : List.of(),
                Wire.status(level, TcbStatus.OF_PLATFORM),
                Wire.advisories(level));
    }

    /** Whether a platform reaches it. */
    boolean reachedBy(PckPlatform platform) {
        return IntStream.range(0, COMPONENTS)
                        .allMatch(i -> platform.components().get(i) >= sgx.get(i))
                && platform.pceSvn() >= pceSvn;
    }

    /**
     * Whether a TDX platform reaches it. Under a module of a version of its own, which is judged by its identity, the first
     * two parts do not count.
     */
    boolean reachedBy(String teeTcbSvn) {
        byte[] svn = HexFormat.of().parseHex(teeTcbSvn);
        return IntStream.range(svn[1] == 0 ? 0 : 2, COMPONENTS).allMatch(i -> (svn[i] & 0xff) >= tdx.get(i));
    }

    private static List<Integer> components(JsonFields tcb, String name) {
        List<JsonFields> components = Wire.someObjects(tcb, name, COMPONENTS);
        if (components.size() != COMPONENTS) {
            throw InvalidDocument.at(tcb.at(name), COMPONENTS + " objects", components.size());
        }
        return components.stream().map(c -> (int) c.whole("svn", 0, 255)).toList();
    }

    private static List<Integer> numbered(JsonFields tcb) {
        List<Integer> out = new ArrayList<>();
        for (int i = 1; i <= COMPONENTS; i++) {
            out.add((int) tcb.whole("sgxtcbcomp%02dsvn".formatted(i), 0, 255));
        }
        return out;
    }
}
