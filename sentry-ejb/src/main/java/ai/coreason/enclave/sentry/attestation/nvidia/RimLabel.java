package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import java.io.ByteArrayInputStream;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What a manifest says it is of, read without its signature and only up to there: for choosing among many, never for trusting one.
 *
 * @param product the chip, such as {@code GH100}; empty text if it does not say
 * @param version of the driver or VBIOS
 */
public record RimLabel(String product, String version) {
    private static final int META_DEPTH = 2;

    /** Reads the first {@code Meta} below the root; empty if there is none, or it is no XML without a document type so far. */
    public static Optional<RimLabel> of(byte[] xml) {
        if (xml.length > ByteReader.MAX_EVIDENCE) {
            return Optional.empty();
        }
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        try {
            XMLStreamReader in = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            try {
                return meta(in);
            } finally {
                in.close();
            }
        } catch (XMLStreamException e) {
            return Optional.empty();
        }
    }

    private static Optional<RimLabel> meta(XMLStreamReader in) throws XMLStreamException {
        int depth = 0;
        while (in.hasNext()) {
            switch (in.next()) {
                case XMLStreamConstants.DTD -> {
                    return Optional.empty();
                }
                case XMLStreamConstants.END_ELEMENT -> depth--;
                case XMLStreamConstants.START_ELEMENT -> {
                    depth++;
                    if (depth == META_DEPTH
                            && RimParser.ISO_19770.equals(in.getNamespaceURI())
                            && in.getLocalName().equals("Meta")) {
                        return Optional.of(new RimLabel(text(in, "product"), text(in, "colloquialVersion")));
                    }
                }
                default -> {}
            }
        }
        return Optional.empty();
    }

    private static String text(XMLStreamReader in, String attribute) {
        String value = in.getAttributeValue(null, attribute);
        return value == null ? "" : value;
    }
}
