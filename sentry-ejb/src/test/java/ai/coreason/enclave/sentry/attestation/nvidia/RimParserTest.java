package ai.coreason.enclave.sentry.attestation.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Reason;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import javax.xml.crypto.dsig.Transform;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class RimParserTest {
    private static final String DSIG = "http://www.w3.org/2000/09/xmldsig#";
    private static final String VALUE = "ns2:Hash0=\"" + "00".repeat(48) + "\"";

    private final FakeMaker maker = new FakeMaker();
    private final FakeRim rim = new FakeRim(1, 7);

    private RimParser.Read read(byte[] xml) {
        return new RimParser(maker.anchors(), FakeMaker.AT).read("f", xml);
    }

    private RimParser.Read read(String xml) {
        return read(xml.getBytes(StandardCharsets.UTF_8));
    }

    private String signed() throws Exception {
        return new String(rim.signed(maker), StandardCharsets.UTF_8);
    }

    private void assertRefused(byte[] xml, String message) {
        RimParser.Read read = read(xml);
        assertThat(read.rims()).isEmpty();
        assertThat(read.broken()).isNotEmpty().first().asString().contains(message);
    }

    private void assertRefused(String xml, String message) {
        assertRefused(xml.getBytes(StandardCharsets.UTF_8), message);
    }

    @Test
    void read_signedManifest_isWhatWasSigned() throws Exception {
        RimParser.Read read = read(signed());
        assertThat(read.broken()).isEmpty();
        assertThat(read.rims()).singleElement().satisfies(r -> {
            assertThat(r.version()).isEqualTo("550.90.07");
            assertThat(r.product()).isEqualTo("GH100");
            assertThat(r.active().keySet()).containsExactly(1, 7);
        });
    }

    @Test
    void read_changedDocument_isRefused() throws Exception {
        assertRefused(signed().replace("index=\"7\"", "index=\"8\""), "rim[f].signature");
        assertRefused(signed().replace("</Payload>", "</Payload><New/>"), "rim[f].signature");
        assertRefused(signed().replace("active=\"False\"", "active=\"True\""), "rim[f].signature");
    }

    @Test
    void read_unsignedManifest_isRefused() {
        assertRefused(rim.unsigned(), "one signature");
    }

    @Test
    void read_signatureByAnUnpinnedChain_isRefused() throws Exception {
        FakeMaker other = new FakeMaker();
        FakeCertificate root = other.manifest.get(2);
        root.key = FakeCertificate.key("secp384r1");
        root.signer = root.key;
        other.manifest.get(1).signer = root.key;
        assertRefused(rim.signed(other), "rim[f].chain.root");
    }

    @Test
    void read_signatureByTheDevicesChain_isRefused() throws Exception {
        assertRefused(rim.signed(FakeMaker.signed(maker.device), maker.device.get(0).key), "rim[f].chain.root");
    }

    @Test
    void read_keyThatIsNotTheLeafs_isRefused() throws Exception {
        assertRefused(
                rim.signed(FakeMaker.signed(maker.manifest), FakeCertificate.key("secp384r1")), "rim[f].signature");
    }

    @Test
    void read_expiredSigner_isRefused() throws Exception {
        maker.manifest.get(0).until = FakeMaker.AT.minusSeconds(1);
        assertRefused(rim.signed(maker), "rim[f].chain.validity");
    }

    @Test
    void read_internalEntities_areRefusedBeforeTheyGrow() throws Exception {
        StringBuilder bomb = new StringBuilder("<!DOCTYPE SoftwareIdentity [<!ENTITY a \"aaaaaaaaaa\">");
        for (char c = 'b'; c <= 'z'; c++) {
            bomb.append("<!ENTITY ")
                    .append(c)
                    .append(" \"")
                    .append(("&" + (char) (c - 1) + ";").repeat(10))
                    .append("\">");
        }
        assertRefused(bomb.append("]>") + signed().replace("tagId=\"t\"", "tagId=\"&z;\""), "document type");
    }

    @Test
    void read_externalEntitiesAndDocumentTypes_areRefusedAndNeverFetched() throws Exception {
        try (ServerSocket server = new ServerSocket(0)) {
            server.setSoTimeout(1);
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/x";
            assertRefused("<!DOCTYPE S SYSTEM \"" + url + "\">" + signed(), "document type");
            assertRefused(
                    "<!DOCTYPE S [<!ENTITY x SYSTEM \"" + url + "\">]>" + signed().replace("<Payload>", "&x;<Payload>"),
                    "document type");
            assertRefused("<!DOCTYPE S [<!ENTITY % x SYSTEM \"" + url + "\"> %x;]>" + signed(), "document type");
            String include = "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"" + url + "\"/>";
            assertRefused(signed().replace("<Payload>", include + "<Payload>"), "rim[f].signature");
            rim.uri = "";
            String other = signed().replace("<Reference URI=\"\">", "<Reference URI=\"" + url + "\">");
            assertThat(other).contains(url);
            assertRefused(other, "whole document");
            org.assertj.core.api.Assertions.assertThatThrownBy(server::accept)
                    .isInstanceOf(SocketTimeoutException.class);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void read_hugeDepthAndHugeDocuments_areRefused() throws Exception {
        String deep = "<a>".repeat(100_000) + "</a>".repeat(100_000);
        assertRefused(signed().replace("<Payload>", deep + "<Payload>"), "16 levels");
        assertRefused(signed().replace("<Payload>", " ".repeat(1 << 20) + "<Payload>"), "1048576 bytes");
        StringBuilder wide = new StringBuilder("<SoftwareIdentity");
        for (int i = 0; i < 10_000; i++) {
            wide.append(" a").append(i).append("=\"\"");
        }
        assertRefused(signed().replace("<SoftwareIdentity", wide), "XML");
    }

    @Test
    void read_notXml_isRefused() {
        assertRefused(new byte[0], "XML");
        assertRefused("{}", "XML");
        assertRefused("<SoftwareIdentity", "XML");
    }

    @Test
    void read_signedTagWithinAnother_isRefused() throws Exception {
        FakeRim evil = new FakeRim(3);
        evil.extra = signed();
        assertRefused(evil.unsigned(), "below the root");
    }

    @Test
    void read_signatureMovedToAnotherRoot_isRefused() throws Exception {
        Document inner = FakeRim.document(signed());
        Element signature =
                (Element) inner.getElementsByTagNameNS(DSIG, "Signature").item(0);
        Document outer = FakeRim.document(new FakeRim(3).unsigned());
        Element moved = (Element) outer.importNode(signature, true);
        outer.getDocumentElement().appendChild(moved);
        assertRefused(FakeRim.bytes(outer), "rim[f].signature");
        Element kept = (Element) outer.importNode(inner.getDocumentElement(), true);
        kept.removeChild(kept.getLastChild());
        outer.getDocumentElement().appendChild(kept);
        assertRefused(FakeRim.bytes(outer), "rim[f].signature");
    }

    @Test
    void read_signatureOverAnIdentifier_isRefused() throws Exception {
        rim.uri = "#all";
        assertRefused(rim.signed(maker), "whole document");
        rim.uri = "#xpointer(/)";
        assertRefused(rim.signed(maker), "whole document");
    }

    @Test
    void read_twoSignatures_areRefused() throws Exception {
        Document document = FakeRim.document(signed());
        Element root = document.getDocumentElement();
        root.appendChild(root.getLastChild().cloneNode(true));
        assertRefused(FakeRim.bytes(document), "one signature");
    }

    @Test
    void read_twoReferences_areRefused() throws Exception {
        rim.references = 2;
        assertRefused(rim.signed(maker), "whole document");
    }

    @Test
    void read_transformsThatLeaveSomethingOut_areRefused() throws Exception {
        rim.transforms = List.of(Transform.ENVELOPED, Transform.XPATH, FakeRim.C14N11);
        assertRefused(rim.signed(maker), "rim[f]");
        rim.transforms = List.of(Transform.ENVELOPED, Transform.XPATH);
        assertRefused(rim.signed(maker), "rim[f]");
        rim.transforms = List.of(FakeRim.C14N11, Transform.ENVELOPED);
        assertRefused(rim.signed(maker), "whole document");
        rim.transforms = List.of(Transform.ENVELOPED);
        assertRefused(rim.signed(maker), "whole document");
    }

    @Test
    void read_styleSheetTransform_isRefusedAndNotRun() throws Exception {
        String xslt =
                "<ds:Transform xmlns:ds=\"" + DSIG + "\" Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">"
                        + "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\">"
                        + "<xsl:template match=\"/\"><x/></xsl:template></xsl:stylesheet></ds:Transform>";
        String changed = signed().replaceFirst("<Transforms>", "<Transforms>" + xslt);
        assertThat(changed).contains("REC-xslt");
        assertRefused(changed, "");
    }

    @Test
    void read_otherAlgorithms_areRefused() throws Exception {
        rim.canonical = "http://www.w3.org/2001/10/xml-exc-c14n#";
        assertRefused(rim.signed(maker), "one suite");
        rim.canonical = FakeRim.C14N11;
        rim.digest = "http://www.w3.org/2001/04/xmlenc#sha256";
        assertRefused(rim.signed(maker), "one suite");
        rim.digest = FakeRim.SHA384;
        rim.method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
        assertRefused(rim.signed(maker), "one suite");
    }

    @Test
    void read_objectInTheSignature_isRefused() throws Exception {
        rim.object = true;
        assertRefused(rim.signed(maker), "certificates alone");
    }

    @Test
    void read_keyWithoutCertificates_isRefused() throws Exception {
        String bare = signed().replaceAll("(?s)<X509Data>.*</X509Data>", "<KeyName>k</KeyName>");
        assertThat(bare).contains("KeyName");
        assertRefused(bare, "certificates alone");
        assertRefused(
                signed().replaceAll("<X509Data>", "<X509Data><X509SubjectName>CN=x</X509SubjectName>"), "certificates");
    }

    @Test
    void read_signedButBadlyFormedPayloads_areRefused() throws Exception {
        String good = "<Resource type=\"Measurement\" index=\"9\" active=\"True\" alternatives=\"1\" size=\"48\" "
                + VALUE + "/>";
        Map<String, String> bad = Map.of(
                good.replace("index=\"9\"", "index=\"7\""), "index 7 again",
                good.replace("index=\"9\"", ""), "index in",
                good.replace("\"True\"", "\"true\""), "active True or False",
                good.replace("alternatives=\"1\"", "alternatives=\"2\""), "Hash1",
                good.replace("alternatives=\"1\"", "alternatives=\"0\""), "alternatives in",
                good.replace("size=\"48\"", "size=\"32\""), "Hash0",
                good.replace("\"0000", "\"00xx"), "Hash0");
        for (Map.Entry<String, String> one : bad.entrySet()) {
            rim.payloadExtra = one.getKey();
            assertRefused(rim.signed(maker), one.getValue());
        }
        rim.payloadExtra = good;
        assertThat(read(rim.signed(maker)).broken()).isEmpty();
    }

    @Test
    void read_activeResourcesOfAnotherForm_areKeptAsUnread() throws Exception {
        String other = "<Resource type=\"Measurement\" index=\"65539\" active=\"True\" minSvn=\"1\"/>";
        rim.payloadExtra = other;
        assertThat(read(rim.signed(maker)).rims().get(0).unread()).containsExactly("index 65539");
        rim.payloadExtra = other.replace("Resource", "File").replace("65539", "9");
        assertThat(read(rim.signed(maker)).rims().get(0).unread()).containsExactly("index 9");
        rim.payloadExtra = other.replace("True", "False");
        assertThat(read(rim.signed(maker)).rims().get(0).unread()).isEmpty();
    }

    @Test
    void read_signedTagOfAnotherShape_isRefused() throws Exception {
        rim.extra = "<Payload/>";
        assertRefused(rim.signed(maker), "one Payload");
        rim.extra = "<Meta colloquialVersion=\"1\"/>";
        assertRefused(rim.signed(maker), "one Meta");
        rim.extra = "";
        rim.version = "";
        assertRefused(rim.signed(maker), "colloquialVersion");
        rim.version = "1";
        rim.active.clear();
        assertRefused(rim.signed(maker), "at least one active");
    }

    @Test
    void read_commentsWithinValues_changeNothingThatIsRead() throws Exception {
        RimParser.Read read = read(signed().replace("<Payload>", "<Payload><!-- index=\"9\" -->"));
        assertThat(read.broken()).extracting(Reason::rule).isEmpty();
        assertThat(read.rims().get(0).active().keySet()).containsExactly(1, 7);
    }
}
