package ai.coreason.enclave.base;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digests of FIPS 180-4, which every Java platform has. Thread-safe. */
public final class Digests {
    private Digests() {}

    /** A new SHA-256. */
    public static MessageDigest sha256() {
        return digest("SHA-256");
    }

    /** A new SHA-384. */
    public static MessageDigest sha384() {
        return digest("SHA-384");
    }

    /** A new SHA-512. */
    public static MessageDigest sha512() {
        return digest("SHA-512");
    }

    /** Lower-case hex SHA-256 of the bytes. */
    public static String sha256Hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /** Lower-case hex SHA-384 of the bytes. */
    public static String sha384Hex(byte[] bytes) {
        return HexFormat.of().formatHex(sha384().digest(bytes));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
