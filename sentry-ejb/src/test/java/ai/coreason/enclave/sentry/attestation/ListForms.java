package ai.coreason.enclave.sentry.attestation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/** The forms in which sites have revocation lists, from the list in DER. */
public final class ListForms {
    private ListForms() {}

    /** The list in PEM. */
    public static String pem(byte[] der) {
        return "-----BEGIN X509 CRL-----\n" + base64(der) + "\n-----END X509 CRL-----\n";
    }

    /** Forms that are read. */
    public static Map<String, byte[]> read(byte[] der) {
        String hex = HexFormat.of().formatHex(der);
        Map<String, byte[]> out = new LinkedHashMap<>();
        out.put("DER", der);
        out.put("PEM", ascii(pem(der)));
        out.put("PEM of Windows", ascii(pem(der).replace("\n", "\r\n")));
        out.put("PEM behind its description", ascii("Certificate Revocation List (CRL):\n    Version 2\n" + pem(der)));
        out.put("PEM with a byte order mark", ("\uFEFF" + pem(der)).getBytes(StandardCharsets.UTF_8));
        out.put("PEM in UTF-16", pem(der).getBytes(StandardCharsets.UTF_16));
        out.put("PEM in UTF-16 LE without a mark", pem(der).getBytes(StandardCharsets.UTF_16LE));
        out.put(
                "PEM between blocks",
                ascii("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + pem(der)));
        out.put("hex", ascii(hex));
        out.put("hex in capitals", ascii(hex.toUpperCase(Locale.ROOT) + "\r\n"));
        out.put("hex in lines", ascii(hex.replaceAll("(.{60})", "$1\n")));
        out.put("hex with colons", ascii(hex.replaceAll("(..)(?=.)", "$1:")));
        out.put("Base64", ascii(base64(der)));
        out.put("Base64 on one line", ascii(Base64.getEncoder().encodeToString(der)));
        return out;
    }

    /** Forms that are told, as they may hold a list. */
    public static Map<String, byte[]> told(byte[] der) throws IOException {
        byte[] cut = java.util.Arrays.copyOf(der, der.length - 1);
        Map<String, byte[]> out = new LinkedHashMap<>();
        out.put("gzip", gzip(der));
        out.put("tar", tar(der));
        out.put("a bundle", ascii("-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n"));
        out.put("a bundle in DER", HexFormat.of().parseHex("3082010006092a864886f70d010702a000"));
        out.put("cut", cut);
        out.put("cut PEM", ascii(pem(der).substring(0, 200)));
        out.put("cut PEM in UTF-16", pem(der).substring(0, 200).getBytes(StandardCharsets.UTF_16));
        out.put("PEM of a damaged list", ascii(pem(cut)));
        out.put("damaged Base64", ascii(base64(der) + "!"));
        out.put("damaged hex", ascii(HexFormat.of().formatHex(der) + "3"));
        out.put(
                "a dump in hex",
                ascii("00000000: " + HexFormat.of().formatHex(der).replaceAll("(....)", "$1 ")));
        out.put("a member of JSON", ascii("{\"list\": \"" + Base64.getEncoder().encodeToString(der) + "\"}"));
        out.put(
                "a member of JSON in hex",
                ascii("{\"list\": \"" + HexFormat.of().formatHex(der) + "\"}"));
        out.put("Base64 of its PEM", ascii(base64(ascii(pem(der)))));
        out.put("Base64 of its Base64", ascii(base64(ascii(base64(der)))));
        out.put("PEM in an address", ascii(URLEncoder.encode(pem(der), StandardCharsets.US_ASCII)));
        out.put("an array of C", ascii("unsigned char list[] = {" + numbers(der, "0x%02x") + "};\n"));
        out.put("numbers in JSON", ascii("{\"list\": [" + numbers(der, "%d") + "]}"));
        out.put("zlib", zlib(der));
        out.put("a description alone", ascii("Certificate Revocation List (CRL):\n    Version 2\n"));
        return out;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static String numbers(byte[] bytes, String form) {
        return IntStream.range(0, bytes.length)
                .mapToObj(i -> String.format(Locale.ROOT, form, bytes[i] & 0xff))
                .collect(Collectors.joining(", "));
    }

    private static byte[] zlib(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (DeflaterOutputStream zlib = new DeflaterOutputStream(out)) {
            zlib.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] tar(byte[] bytes) {
        byte[] out = new byte[1024 + bytes.length];
        System.arraycopy(ascii("list.der"), 0, out, 0, 8);
        System.arraycopy(ascii("ustar"), 0, out, 257, 5);
        System.arraycopy(bytes, 0, out, 512, bytes.length);
        return out;
    }

    private static String base64(byte[] der) {
        return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
