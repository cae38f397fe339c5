package ai.coreason.enclave.sentry.attestation.nvidia;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLObject;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.crypto.dsig.spec.XPathFilterParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** A manifest to be, whose members a test may change before it is signed. */
final class FakeRim {
    static final String C14N11 = "http://www.w3.org/2006/12/xml-c14n11";
    static final String SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
    static final String ECDSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";

    private static final XMLSignatureFactory XML = XMLSignatureFactory.getInstance("DOM");

    String version = "550.90.07";
    String product = "GH100";
    String edition = "GPU";
    final Map<Integer, List<byte[]>> active = new TreeMap<>();
    String extra = "";
    String payloadExtra = "";
    String uri = "";
    int references = 1;
    String canonical = C14N11;
    String digest = SHA384;
    String method = ECDSA_SHA384;
    boolean object;
    /** Algorithms; XPath stands for one that leaves the payload out. */
    List<String> transforms = List.of(Transform.ENVELOPED, C14N11);

    FakeRim(int... indices) {
        for (int i : indices) {
            active.put(i, List.of(FakeMaker.value(i)));
        }
    }

    /** A new one each time, since a transform keeps the document it was first used on. */
    private List<Transform> newTransforms() throws Exception {
        List<Transform> out = new ArrayList<>();
        for (String algorithm : transforms) {
            TransformParameterSpec parameters = algorithm.equals(Transform.XPATH)
                    ? new XPathFilterParameterSpec("not(ancestor-or-self::*[local-name()='Payload'])")
                    : null;
            out.add(XML.newTransform(algorithm, parameters));
        }
        return out;
    }

    String unsigned() {
        StringBuilder payload = new StringBuilder();
        active.forEach((index, values) -> payload.append(resource(index, "True", values)));
        payload.append(resource(200, "False", List.of(new byte[48])));
        return "<SoftwareIdentity xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\" "
                + "xmlns:ns2=\"http://www.w3.org/2001/04/xmlenc#sha384\" name=\"" + product
                + "\" tagId=\"t\" Id=\"all\">"
                + "<Meta colloquialVersion=\"" + version + "\" edition=\"" + edition + "\" product=\"" + product
                + "\"/>"
                + "<Payload>" + payload + payloadExtra + "</Payload>" + extra + "</SoftwareIdentity>";
    }

    static String resource(int index, String state, List<byte[]> values) {
        StringBuilder out = new StringBuilder("<Resource type=\"Measurement\" index=\"" + index + "\" active=\"" + state
                + "\" alternatives=\"" + values.size() + "\" size=\"" + values.get(0).length + "\" name=\"m\"");
        for (int i = 0; i < values.size(); i++) {
            out.append(" ns2:Hash")
                    .append(i)
                    .append("=\"")
                    .append(HexFormat.of().formatHex(values.get(i)))
                    .append('"');
        }
        return out.append("/>").toString();
    }

    byte[] signed(FakeMaker maker) throws Exception {
        return signed(FakeMaker.signed(maker.manifest), maker.manifest.get(0).key);
    }

    byte[] signed(List<X509Certificate> chain, KeyPair key) throws Exception {
        Document document = document(unsigned());
        Element root = document.getDocumentElement();
        List<Reference> all = new ArrayList<>();
        for (int i = 0; i < references; i++) {
            all.add(XML.newReference(uri, XML.newDigestMethod(digest, null), newTransforms(), null, null));
        }
        KeyInfoFactory keys = XML.getKeyInfoFactory();
        KeyInfo info = keys.newKeyInfo(List.of(keys.newX509Data(chain)));
        List<XMLObject> objects = object
                ? List.of(XML.newXMLObject(
                        List.of(new javax.xml.crypto.dom.DOMStructure(document.createElement("Other"))),
                        null,
                        null,
                        null))
                : List.of();
        DOMSignContext context = new DOMSignContext(key.getPrivate(), root);
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
        context.setIdAttributeNS(root, null, "Id");
        CanonicalizationMethod c14n = XML.newCanonicalizationMethod(canonical, (C14NMethodParameterSpec) null);
        XML.newXMLSignature(
                        XML.newSignedInfo(c14n, XML.newSignatureMethod(method, null), all), info, objects, null, null)
                .sign(context);
        return bytes(document);
    }

    static Document document(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] bytes(Document document) throws Exception {
        Transformer out = TransformerFactory.newInstance().newTransformer();
        out.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        out.transform(new DOMSource(document), new StreamResult(bytes));
        return bytes.toByteArray();
    }
}
