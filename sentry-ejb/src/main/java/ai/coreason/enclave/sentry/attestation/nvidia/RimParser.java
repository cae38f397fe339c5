package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads manifests: software identification tags (ISO/IEC 19770-2:2015) in XML with one enveloped signature over the whole
 * document. No document type, no entity, no reference to anything outside, at most 1 MiB and 16 levels. Thread-safe.
 *
 * @param anchors roots, of which the manifests' is one
 * @param at the time at which the signer's certificates have to be valid
 */
record RimParser(Anchors anchors, Instant at) {
    static final String ISO_19770 = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
    private static final String SHA384 = "http://www.w3.org/2001/04/xmlenc#sha384";
    private static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";
    private static final String LIMITS = "http://www.oracle.com/xml/jaxp/properties/";
    private static final int MAX_INDEX = 253;
    private static final int MAX_NUMBER = 999_999;
    private static final int MAX_ALTERNATIVES = 64;

    /** A manifest, or all that is wrong with it. */
    record Read(List<Reason> broken, List<Rim> rims, List<CertificateChain> chains) {}

    /**
     * Reads one.
     *
     * @param file its name, for reasons
     */
    Read read(String file, byte[] xml) {
        String part = "rim[" + file + "]";
        try {
            Document document = parse(part, xml);
            RimSignature signature = RimSignature.of(part, document.getDocumentElement());
            List<Reason> broken =
                    new ArrayList<>(signature.chain().judge(CertificateChain.Purpose.MANIFEST, anchors, at));
            if (!signature.holds()) {
                broken.add(new Reason(part + ".signature", "one by the leaf over the whole document", "another"));
            }
            if (!broken.isEmpty()) {
                return new Read(broken, List.of(), List.of());
            }
            return new Read(
                    List.of(), List.of(rim(part, file, document.getDocumentElement())), List.of(signature.chain()));
        } catch (MalformedEvidence e) {
            return new Read(List.of(e.reason()), List.of(), List.of());
        }
    }

    private static Document parse(String part, byte[] xml) throws MalformedEvidence {
        if (xml.length > ByteReader.MAX_EVIDENCE) {
            throw malformed(part, "at most " + ByteReader.MAX_EVIDENCE + " bytes", xml.length + " bytes");
        }
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultInstance();
            factory.setNamespaceAware(true);
            factory.setXIncludeAware(false);
            factory.setExpandEntityReferences(false);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature(NO_DOCTYPE, true);
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setAttribute(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            factory.setAttribute(LIMITS + "maxElementDepth", "16");
            factory.setAttribute(LIMITS + "elementAttributeLimit", "128");
            DocumentBuilder builder = factory.newDocumentBuilder();
            builder.setErrorHandler(new DefaultHandler());
            builder.setEntityResolver((publicId, systemId) -> new InputSource(new StringReader("")));
            return builder.parse(new ByteArrayInputStream(xml));
        } catch (SAXException | IOException e) {
            throw malformed(part, "XML without a document type, at most 16 levels deep", "something else");
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Rim rim(String part, String file, Element root) throws MalformedEvidence {
        if (!isTag(root, "SoftwareIdentity")) {
            throw malformed(part, "a SoftwareIdentity of ISO/IEC 19770-2:2015", root.getNodeName());
        }
        Element meta = only(part, root, "Meta");
        Map<Integer, List<byte[]>> active = new HashMap<>();
        List<String> unread = new ArrayList<>();
        for (Element resource : elements(only(part, root, "Payload"))) {
            if (isActive(part, resource)) {
                addActive(part, resource, active, unread);
            }
        }
        if (active.isEmpty()) {
            throw malformed(part, "at least one active measurement", "none");
        }
        String version = meta.getAttribute("colloquialVersion");
        if (version.isEmpty()) {
            throw malformed(part, "a colloquialVersion", "none");
        }
        return new Rim(
                file,
                shown(part, version),
                shown(part, meta.getAttribute("edition")),
                shown(part, meta.getAttribute("product")),
                active,
                unread);
    }

    private static boolean isActive(String part, Element resource) throws MalformedEvidence {
        String state = resource.getAttribute("active");
        if (!state.equals("True") && !state.equals("False")) {
            throw malformed(part, "active True or False", state.length() > 16 ? "another" : state);
        }
        return state.equals("True");
    }

    private static void addActive(String part, Element resource, Map<Integer, List<byte[]>> active, List<String> unread)
            throws MalformedEvidence {
        int index = number(part, resource, "index", 0, MAX_NUMBER);
        boolean known =
                isTag(resource, "Resource") && resource.getAttribute("type").equals("Measurement");
        if (!known || index > MAX_INDEX) {
            unread.add("index " + index);
        } else if (active.put(index, values(part, resource)) != null) {
            throw malformed(part, "each measurement once", "index " + index + " again");
        }
    }

    private static List<byte[]> values(String part, Element resource) throws MalformedEvidence {
        int size = number(part, resource, "size", 1, 64);
        int count = number(part, resource, "alternatives", 1, MAX_ALTERNATIVES);
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String hex = resource.getAttributeNS(SHA384, "Hash" + i);
            if (hex.length() != 2 * size || !hex.matches("[0-9A-Fa-f]*")) {
                throw malformed(part, "Hash" + i + " of " + size + " bytes in hex", hex.length() + " characters");
            }
            values.add(HexFormat.of().parseHex(hex));
        }
        return List.copyOf(values);
    }

    /** The elements below one; text between them, signed or not, is never read. */
    static List<Element> elements(Element parent) {
        List<Element> out = new ArrayList<>();
        for (Node n = parent.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element e) {
                out.add(e);
            }
        }
        return out;
    }

    private static boolean isTag(Element e, String name) {
        return ISO_19770.equals(e.getNamespaceURI()) && name.equals(e.getLocalName());
    }

    private static Element only(String part, Element root, String name) throws MalformedEvidence {
        List<Element> found =
                elements(root).stream().filter(e -> isTag(e, name)).toList();
        if (found.size() != 1) {
            throw malformed(part, "one " + name, Integer.toString(found.size()));
        }
        return found.get(0);
    }

    private static String shown(String part, String value) throws MalformedEvidence {
        if (!value.matches("[ -~]{0,64}")) {
            throw malformed(part, "up to 64 characters of ASCII", value.length() + " characters");
        }
        return value;
    }

    private static int number(String part, Element e, String name, int min, int max) throws MalformedEvidence {
        String text = e.getAttribute(name);
        if (text.matches("[0-9]{1,6}")) {
            int value = Integer.parseInt(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw malformed(part, name + " in [" + min + ", " + max + "]", text.length() > 16 ? "another" : text);
    }

    static MalformedEvidence malformed(String part, String expected, String came) {
        return new MalformedEvidence(new Reason(part, expected, came));
    }
}
