package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.util.ArrayList;
import java.util.List;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignatureMethod;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import org.w3c.dom.Element;

/**
 * The signature of a manifest: the only one in the document, a child of the root, over the whole document but itself
 * (XML Signature 1.1; ECDSA P-384, SHA-384, Canonical XML 1.1 and nothing else). What is read of the document is thus what is
 * signed: there is no identifier by which a signature could speak of another element.
 */
final class RimSignature {
    private static final String C14N11 = "http://www.w3.org/2006/12/xml-c14n11";
    private static final String ECDSA_SHA384 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384";
    private static final String SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384";
    private static final List<String> PARTS = List.of("SignedInfo", "SignatureValue", "KeyInfo");
    private static final int MAX_CERTIFICATES = 8;

    private final Element element;
    private final CertificateChain chain;
    private final XMLSignature signature;
    private final DOMValidateContext context;

    private RimSignature(String part, Element element) throws MalformedEvidence {
        this.element = element;
        this.chain = chain(part, element);
        this.context = new DOMValidateContext(
                KeySelector.singletonKeySelector(chain.leaf().getPublicKey()), element);
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.TRUE);
        try {
            this.signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
        } catch (MarshalException | RuntimeException e) {
            throw RimParser.malformed(part, "a signature as XML Signature defines it", "another");
        }
    }

    /**
     * Finds the signature.
     *
     * @throws MalformedEvidence if there is not exactly one, or it is not of this form
     */
    static RimSignature of(String part, Element root) throws MalformedEvidence {
        int all = root.getElementsByTagNameNS("*", "Signature").getLength();
        List<Element> below = RimParser.elements(root).stream()
                .filter(e -> is(e, "Signature"))
                .toList();
        if (all != 1 || below.size() != 1) {
            throw RimParser.malformed(part, "one signature, below the root", all + " in all");
        }
        RimSignature found = new RimSignature(part, below.get(0));
        if (!found.isOverTheWhole()) {
            throw RimParser.malformed(part, "a signature over the whole document, in the one suite", "another");
        }
        return found;
    }

    private static CertificateChain chain(String part, Element signature) throws MalformedEvidence {
        List<Element> parts = RimParser.elements(signature);
        boolean known = parts.size() == PARTS.size();
        for (int i = 0; known && i < PARTS.size(); i++) {
            known = is(parts.get(i), PARTS.get(i));
        }
        List<Element> data = known ? RimParser.elements(parts.get(2)) : List.of();
        if (data.size() != 1 || !is(data.get(0), "X509Data")) {
            throw RimParser.malformed(part, "a signature of " + PARTS + " with certificates alone", "another");
        }
        List<byte[]> encoded = new ArrayList<>();
        for (Element e : RimParser.elements(data.get(0))) {
            if (!is(e, "X509Certificate") || encoded.size() == MAX_CERTIFICATES) {
                throw RimParser.malformed(part, "at most " + MAX_CERTIFICATES + " certificates", e.getNodeName());
            }
            encoded.add(CertificateChain.base64(part, e.getTextContent()));
        }
        return CertificateChain.ofDer(part + ".chain", encoded);
    }

    private boolean isOverTheWhole() {
        SignedInfo info = signature.getSignedInfo();
        CanonicalizationMethod canonical = info.getCanonicalizationMethod();
        SignatureMethod method = info.getSignatureMethod();
        if (!canonical.getAlgorithm().equals(C14N11)
                || canonical.getParameterSpec() != null
                || !method.getAlgorithm().equals(ECDSA_SHA384)
                || info.getReferences().size() != 1
                || !signature.getObjects().isEmpty()) {
            return false;
        }
        Reference reference = info.getReferences().get(0);
        List<Transform> transforms = reference.getTransforms();
        return "".equals(reference.getURI())
                && reference.getDigestMethod().getAlgorithm().equals(SHA384)
                && transforms.size() == 2
                && transforms.get(0).getAlgorithm().equals(Transform.ENVELOPED)
                && transforms.get(1).getAlgorithm().equals(C14N11)
                && transforms.stream().allMatch(t -> t.getParameterSpec() == null)
                && element.getOwnerDocument().getDocumentElement() == element.getParentNode();
    }

    /** Whose key it is said to be by. */
    CertificateChain chain() {
        return chain;
    }

    /** Whether the leaf's key had signed the document as it is. */
    boolean holds() {
        try {
            byte[] value = signature.getSignatureValue().getValue();
            return value.length == 2 * SpdmReport.P384 && signature.validate(context);
        } catch (XMLSignatureException | RuntimeException e) {
            return false;
        }
    }

    private static boolean is(Element e, String name) {
        return XMLSignature.XMLNS.equals(e.getNamespaceURI()) && name.equals(e.getLocalName());
    }
}
