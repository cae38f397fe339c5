package ai.coreason.enclave.sentry.attestation.snp;

import static ai.coreason.enclave.sentry.attestation.snp.SnpPki.ARC;
import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Authenticity: the valid case, and one fault per rule. */
class SnpVerifierTest {
    @ParameterizedTest
    @EnumSource(SnpProduct.class)
    void appraise_goodEvidenceOfEachProductAndKey_isValidAndTellsItsClaims(SnpProduct product) {
        for (SnpKey key : SnpKey.values()) {
            Appraisal appraisal = SnpCase.of(key, product).appraise();
            assertThat(appraisal.reasons()).isEmpty();
            assertThat(appraisal.claims().product()).isEqualTo(product.label());
            assertThat(appraisal.claims().measurement()).startsWith("111213").hasSize(96);
            assertThat(appraisal.claims().reportData()).startsWith("000102").hasSize(128);
            assertThat(appraisal.claims().tcb()).isEqualTo(SnpPki.tcb(product).json(product));
        }
    }

    @Test
    void appraise_version2_takesTheProductOfTheCertificate() {
        SnpCase c = SnpCase.milan().report(r -> {
            r.putInt(0, 2);
            r.putInt(0x188, 0);
        });
        assertThat(c.appraise().claims().product()).isEqualTo("Milan");
        assertThat(c.rules()).isEmpty();
    }

    @Test
    void appraise_chainInAnyOrderWithOthersBeside_isValid() {
        byte[] ask = SnpPki.ask(SnpProduct.MILAN).der();
        byte[] asvk = SnpPki.asvk(SnpProduct.MILAN).der();
        byte[] ark = SnpPki.arkDer(SnpProduct.MILAN);
        assertThat(SnpCase.milan().chain(ark, asvk, ask).rules()).isEmpty();
        assertThat(SnpCase.milan()
                        .chain(SnpPki.arkDer(SnpProduct.GENOA), ask, ark, ask)
                        .rules())
                .isEmpty();
    }

    @Test
    void appraise_otherSigner_breaksTheReportsSignature() {
        SnpCase c = SnpCase.milan();
        c.signed = Optional.of(SnpPki.sign(SnpPki.unsigned(c.kind, c.product, r -> {}), SnpPki.ec("secp384r1")));
        assertThat(c.rules()).containsExactly("report.signature");
        assertThat(c.appraise().claims().measurement()).startsWith("1112");
    }

    @Test
    void appraise_rootThatIsNotPinned_isRefusedWhateverItsName() {
        KeyPair attacker = SnpPki.ASK;
        Consumer<SnpPki.Draft> own = d -> {
            d.key = attacker.getPublic();
            d.signer = attacker;
        };
        byte[] ark = SnpPki.ark(SnpProduct.MILAN).with(own).der();
        byte[] ask = SnpPki.ask(SnpProduct.MILAN).with(d -> d.signer = attacker).der();
        assertThat(SnpCase.milan().chain(ask, ark).rules()).containsExactly("chain.ark");
        byte[] again = SnpPki.ark(SnpProduct.MILAN)
                .with(d -> d.serial = d.serial.add(d.serial))
                .der();
        assertThat(SnpCase.milan()
                        .chain(SnpPki.ask(SnpProduct.MILAN).der(), again)
                        .rules())
                .containsExactly("chain.ark");
        SnpCase none = SnpCase.milan();
        none.anchors = Anchors.builtIn();
        assertThat(none.rules()).containsExactly("chain.ark");
    }

    @Test
    void appraise_chainWithoutIssuerOrRoot_isRefused() {
        byte[] ark = SnpPki.arkDer(SnpProduct.MILAN);
        byte[] ask = SnpPki.ask(SnpProduct.MILAN).der();
        assertThat(SnpCase.milan().chain(ark).rules()).containsExactly("chain.issuer");
        assertThat(SnpCase.milan().chain(ask).rules()).containsExactly("chain.ark");
        assertThat(SnpCase.milan()
                        .chain(ark, SnpPki.asvk(SnpProduct.MILAN).der())
                        .rules())
                .containsExactly("chain.issuer");
        assertThat(SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN).chain(ark, ask).rules())
                .containsExactly("chain.issuer");
        assertThat(SnpCase.milan().chain().appraise().result()).isEqualTo(Result.INVALID);
    }

    @Test
    void appraise_chainOfAnotherProduct_isRefused() {
        byte[] ark = SnpPki.arkDer(SnpProduct.GENOA);
        byte[] ask = SnpPki.ask(SnpProduct.GENOA).der();
        assertThat(SnpCase.milan().chain(ask, ark).rules()).containsExactly("chain.ark");
        SnpCase c = SnpCase.of(SnpKey.VCEK, SnpProduct.GENOA)
                .vek(d -> d.put(ARC + "2", new DERIA5String("Milan")))
                .chain(SnpPki.ask(SnpProduct.MILAN).der(), SnpPki.arkDer(SnpProduct.MILAN));
        assertThat(c.rules()).containsExactly("vek.signature");
    }

    @Test
    void appraise_certificateOfAnotherProductThanTheProcessor_isRefused() {
        SnpCase c = SnpCase.milan().report(r -> r.put(0x189, (byte) 0x11));
        assertThat(c.rules()).containsExactly("report.cpuid");
    }

    @Test
    void appraise_wronglySignedCertificates_areRefused() {
        byte[] ark = SnpPki.arkDer(SnpProduct.MILAN);
        byte[] ask =
                SnpPki.ask(SnpProduct.MILAN).with(d -> d.signer = SnpPki.ASK).der();
        assertThat(SnpCase.milan().chain(ask, ark).rules()).containsExactly("chain.issuer.signature");
        assertThat(SnpCase.milan().vek(d -> d.signer = SnpPki.ARK).rules()).containsExactly("vek.signature");
        assertThat(SnpCase.milan().vek(d -> d.issuer = "ARK-Milan").rules()).containsExactly("vek.signature");
    }

    @Test
    void appraise_otherSignatureAlgorithms_areRefused() {
        for (String algorithm : List.of("SHA384WITHRSA", "SHA256WITHRSAANDMGF1", "SHA512WITHRSAANDMGF1")) {
            assertThat(SnpCase.milan().vek(d -> d.algorithm = algorithm).rules())
                    .describedAs(algorithm)
                    .containsExactly("vek.signature");
        }
    }

    @Test
    void appraise_issuersKeyOfAnotherSize_isRefused() {
        KeyPair small = SnpPki.rsa(2048);
        byte[] ask = SnpPki.ask(SnpProduct.MILAN)
                .with(d -> d.key = small.getPublic())
                .der();
        assertThat(SnpCase.milan()
                        .vek(d -> d.signer = small)
                        .chain(ask, SnpPki.arkDer(SnpProduct.MILAN))
                        .rules())
                .containsExactly("vek.signature");
    }

    @Test
    void appraise_outsideValidity_isRefusedForEachCertificate() {
        SnpCase late = SnpCase.milan();
        late.at = SnpPki.UNTIL;
        assertThat(late.rules()).isEmpty();
        late.at = SnpPki.UNTIL.plusSeconds(1);
        assertThat(late.rules()).containsExactly("vek.validity", "chain.issuer.validity", "chain.ark.validity");
        Instant past = SnpPki.NOW.minusSeconds(1);
        assertThat(SnpCase.milan().vek(d -> d.until = past).rules()).containsExactly("vek.validity");
        assertThat(SnpCase.milan().vek(d -> d.from = SnpPki.NOW.plusSeconds(1)).rules())
                .containsExactly("vek.validity");
        byte[] ask = SnpPki.ask(SnpProduct.MILAN).with(d -> d.until = past).der();
        assertThat(SnpCase.milan().chain(ask, SnpPki.arkDer(SnpProduct.MILAN)).rules())
                .containsExactly("chain.issuer.validity");
    }

    @Test
    void appraise_issuerThatIsNoAuthority_isRefused() {
        byte[] ark = SnpPki.arkDer(SnpProduct.MILAN);
        for (Consumer<SnpPki.Draft> fault : List.<Consumer<SnpPki.Draft>>of(
                d -> d.put(Extension.basicConstraints.getId(), new BasicConstraints(false)),
                d -> d.extensions.remove(Extension.basicConstraints.getId()),
                d -> d.put(Extension.keyUsage.getId(), new KeyUsage(KeyUsage.cRLSign)),
                d -> d.extensions.remove(Extension.keyUsage.getId()))) {
            byte[] ask = SnpPki.ask(SnpProduct.MILAN).with(fault).der();
            assertThat(SnpCase.milan().chain(ask, ark).rules()).containsExactly("chain.issuer.usage");
        }
    }

    @Test
    void appraise_unknownCriticalExtension_isRefused() {
        assertThat(SnpCase.milan()
                        .vek(d -> d.critical("1.2.3.4", new ASN1Integer(1)))
                        .rules())
                .containsExactly("vek.extensions");
        byte[] ask = SnpPki.ask(SnpProduct.MILAN)
                .with(d -> d.critical("1.2.3.4", new ASN1Integer(1)))
                .der();
        assertThat(SnpCase.milan().chain(ask, SnpPki.arkDer(SnpProduct.MILAN)).rules())
                .containsExactly("chain.issuer.extensions");
    }

    @Test
    void appraise_leafThatCertifies_isRefused() {
        assertThat(SnpCase.milan()
                        .vek(d -> d.critical(Extension.basicConstraints.getId(), new BasicConstraints(true)))
                        .rules())
                .containsExactly("vek.usage");
        assertThat(SnpCase.milan()
                        .vek(d -> d.critical(Extension.keyUsage.getId(), new KeyUsage(KeyUsage.keyCertSign)))
                        .rules())
                .containsExactly("vek.usage");
        assertThat(SnpCase.milan()
                        .vek(d -> d.critical(Extension.keyUsage.getId(), new KeyUsage(KeyUsage.digitalSignature)))
                        .rules())
                .isEmpty();
    }

    @Test
    void appraise_leafKeyThatIsNotP384_isRefused() {
        assertThat(SnpCase.milan()
                        .vek(d -> d.key = SnpPki.ec("secp256r1").getPublic())
                        .rules())
                .containsExactly("vek.key");
        assertThat(SnpCase.milan().vek(d -> d.key = SnpPki.ASK.getPublic()).rules())
                .containsExactly("vek.key");
    }

    @Test
    void appraise_leafOfNeitherKind_isRefused() {
        assertThat(SnpCase.milan().vek(d -> d.subject = "SEV-VXEK").rules()).containsExactly("vek.subject");
    }

    @Test
    void appraise_keyOfTheOtherKindThanTheReportTells_isRefused() {
        SnpCase vlekTold = SnpCase.milan().report(r -> r.putInt(0x48, 1 << 2));
        assertThat(vlekTold.rules()).containsExactly("report.signing_key");
        SnpCase vcekTold = SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN).report(r -> r.putInt(0x48, 0));
        assertThat(vcekTold.rules()).containsExactly("report.signing_key");
    }

    @Test
    void appraise_patchLevelOtherThanCertified_isRefusedForEachLevel() {
        for (String oid : List.of("3.1", "3.2", "3.3", "3.8")) {
            assertThat(SnpCase.milan().vek(d -> SnpPki.number(d, oid, 99)).rules())
                    .describedAs(oid)
                    .containsExactly("report.reported_tcb");
        }
        assertThat(SnpCase.turin().vek(d -> SnpPki.number(d, "3.9", 99)).rules())
                .containsExactly("report.reported_tcb");
    }

    @Test
    void appraise_missingExtension_isRefusedForEachOfThem() {
        for (String oid : List.of("1", "2", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "4")) {
            assertThat(SnpCase.milan()
                            .vek(d -> d.extensions.remove(ARC + oid))
                            .appraise()
                            .reasons())
                    .describedAs(oid)
                    .singleElement()
                    .satisfies(r -> assertThat(r.came()).isEqualTo("none"));
        }
        assertThat(SnpCase.turin().vek(d -> d.extensions.remove(ARC + "3.9")).rules())
                .hasSize(1);
        assertThat(SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN)
                        .vek(d -> d.extensions.remove(ARC + "5"))
                        .rules())
                .hasSize(1);
    }

    @Test
    void appraise_extensionInExcess_isRefused() {
        assertThat(SnpCase.milan().vek(d -> SnpPki.number(d, "3.9", 0)).rules()).containsExactly("vek.fmcSPL");
        assertThat(SnpCase.milan().vek(d -> SnpPki.number(d, "3.4", 1)).rules()).hasSize(1);
        assertThat(SnpCase.milan()
                        .vek(d -> d.put(ARC + "5", new DERIA5String("CN=x")))
                        .rules())
                .containsExactly("vek.CSP_ID");
        assertThat(SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN)
                        .vek(d -> d.extensions.put(ARC + "4", new byte[64]))
                        .rules())
                .containsExactly("vek.hwID");
    }

    @Test
    void appraise_extensionThatIsNotStrictDer_isRefused() {
        for (byte[] value : List.of(
                new byte[] {2, 2, 0, 24},
                new byte[] {2, 1, (byte) 0x98},
                new byte[] {2, 2, 1, 0},
                new byte[] {2, 1, 24, 0},
                new byte[] {2, (byte) 0x81, 1, 24},
                new byte[] {4, 1, 24},
                new byte[] {2, 0},
                new byte[] {24},
                new byte[] {})) {
            assertThat(SnpCase.milan()
                            .vek(d -> d.extensions.put(ARC + "3.3", value))
                            .rules())
                    .describedAs(ByteReader.hex(value))
                    .hasSize(1);
        }
    }

    @Test
    void appraise_productNames_areOfAClosedSet() {
        for (String name : List.of("Milan-B0", "Milan-B1")) {
            assertThat(SnpCase.milan()
                            .vek(d -> d.put(ARC + "2", new DERIA5String(name)))
                            .rules())
                    .isEmpty();
        }
        for (String name : List.of("Rome", "milan", "Milan-", "Milan B0", "Venice", "MilanGenoa")) {
            assertThat(SnpCase.milan()
                            .vek(d -> d.put(ARC + "2", new DERIA5String(name)))
                            .rules())
                    .describedAs(name)
                    .containsExactly("vek.product");
        }
    }

    @Test
    void appraise_chipIdentifierOtherThanCertified_isRefused() {
        assertThat(SnpCase.milan().report(r -> r.put(0x1df, (byte) 1)).rules()).containsExactly("report.chip_id");
        assertThat(SnpCase.turin().report(r -> r.put(0x1a0, (byte) 1)).rules()).containsExactly("report.chip_id");
        assertThat(SnpCase.turin().report(r -> r.put(0x1a8, (byte) 1)).rules()).containsExactly("report.chip_id");
        assertThat(SnpCase.turin()
                        .vek(d -> d.extensions.put(ARC + "4", new byte[64]))
                        .rules())
                .containsExactly("vek.hwID");
        assertThat(SnpCase.milan()
                        .vek(d -> d.extensions.put(ARC + "4", new byte[8]))
                        .rules())
                .containsExactly("vek.hwID");
        assertThat(SnpCase.milan()
                        .vek(d -> d.put(ARC + "4", new DEROctetString(SnpPki.chipId(SnpProduct.MILAN))))
                        .rules())
                .containsExactly("vek.hwID");
    }

    @Test
    void appraise_maskedChip_isRefusedOfVcekAndGoodOfVlek() {
        byte[] zeros = new byte[64];
        assertThat(SnpCase.milan().report(r -> r.put(0x1a0, zeros)).rules()).containsExactly("report.chip_id");
        assertThat(SnpCase.milan()
                        .report(r -> r.put(0x1a0, zeros))
                        .vek(d -> d.extensions.put(ARC + "4", zeros))
                        .rules())
                .containsExactly("report.chip_id");
        assertThat(SnpCase.milan().report(r -> r.putInt(0x48, 2)).rules()).containsExactly("report.chip_id");
        assertThat(SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN)
                        .report(r -> r.putInt(0x48, 6))
                        .rules())
                .isEmpty();
    }

    @Test
    void appraise_reservedByteOfAnyPatchLevels_isRefused() {
        for (int at : new int[] {0x38, 0x180, 0x1e0, 0x1f0}) {
            for (int i = 2; i < 6; i++) {
                int offset = at + i;
                assertThat(SnpCase.milan().report(r -> r.put(offset, (byte) 1)).rules())
                        .describedAs("0x%x", offset)
                        .hasSize(1);
            }
            for (int i = 4; i < 7; i++) {
                int offset = at + i;
                assertThat(SnpCase.turin().report(r -> r.put(offset, (byte) 1)).rules())
                        .describedAs("0x%x", offset)
                        .hasSize(1);
            }
        }
    }

    @Test
    void appraise_faultsThatDoNotDependOnEachOther_areAllTold() {
        SnpCase c = SnpCase.milan()
                .report(r -> r.put(0x1df, (byte) 1).putLong(0x08, 0xb0000).putInt(0x30, 2))
                .vek(d -> {
                    d.until = SnpPki.NOW.minusSeconds(1);
                    SnpPki.number(d, "3.8", 1);
                });
        assertThat(c.rules())
                .containsExactlyInAnyOrder(
                        "vek.validity", "report.reported_tcb", "report.chip_id", "policy.debug", "vmpl");
    }
}
