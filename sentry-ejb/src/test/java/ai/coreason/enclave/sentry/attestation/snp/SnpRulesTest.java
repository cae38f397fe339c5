package ai.coreason.enclave.sentry.attestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Revocation;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every rule of a policy, with exactly one reason each. */
class SnpRulesTest {
    private static final byte[] ONES_48 = filled(48);

    private static byte[] filled(int length) {
        byte[] out = new byte[length];
        java.util.Arrays.fill(out, (byte) 0x5a);
        return out;
    }

    private static String hex(int length) {
        return ByteReader.hex(filled(length));
    }

    /** The strict policy with some members of its JSON set. */
    private static SnpPolicy strictWith(Consumer<ObjectNode> change) {
        ObjectNode json = SnpPolicy.strict().json();
        change.accept(json);
        return SnpPolicy.parse(json, "");
    }

    private static void assertOnly(Consumer<ByteBuffer> report, Consumer<ObjectNode> policy, String... rules) {
        assertThat(SnpCase.milan().report(report).policy(strictWith(policy)).rules())
                .containsExactly(rules);
    }

    /** A rule that is broken as evidence comes, and holds once the report is changed. */
    private static void assertDemands(String rule, Consumer<ObjectNode> policy, Consumer<ByteBuffer> remedy) {
        assertOnly(r -> {}, policy, rule);
        assertOnly(remedy, policy);
    }

    /** A rule of the strict policy that a report breaks, and that an allowance lifts. */
    private static void assertForbids(String rule, Consumer<ByteBuffer> report, Consumer<ObjectNode> allowance) {
        assertOnly(report, p -> {}, rule);
        assertOnly(report, allowance);
    }

    private static void allow(ObjectNode policy, String name) {
        policy.withArray("allowed").add(name);
    }

    private static void require(ObjectNode policy, String name) {
        policy.withArray("required").add(name);
    }

    @Test
    void check_debugAndMigration_areForbiddenUnlessAllowed() {
        assertForbids("policy.debug", r -> r.putLong(8, 0xb0000), p -> allow(p, "DEBUG"));
        assertForbids("policy.migration_agent", r -> r.putLong(8, 0x70000), p -> allow(p, "MIGRATION_AGENT"));
        assertForbids("vmpl", r -> r.putInt(0x30, 3), p -> p.withArray("vmpls").add(3));
    }

    @Test
    void check_hostsOwnReport_isNeverAGuests() {
        assertOnly(
                r -> r.putInt(0x30, -1), p -> p.withArray("vmpls").add(1).add(2).add(3), "vmpl");
    }

    @Test
    void check_reservedBit17_hasToBeOne() {
        assertOnly(r -> r.putLong(8, 0x10000), p -> {}, "policy.bit_17");
    }

    @Test
    void check_smtAndCxl_areForbiddenWhereNotAllowed() {
        Consumer<ByteBuffer> noSmt = r -> r.putLong(8, 0x20000).putLong(0x40, 0x24);
        assertDemands("policy.smt", p -> p.putArray("allowed").add("PROVISIONAL_FIRMWARE"), noSmt);
        assertOnly(
                r -> r.putLong(8, 0x230000),
                p -> p.putArray("allowed").add("PROVISIONAL_FIRMWARE").add("SMT"),
                "policy.cxl");
        assertOnly(r -> r.putLong(8, 0x230000), p -> {});
    }

    @Test
    void check_platform_isAsTheGuestsPolicyDemands() {
        assertOnly(r -> r.putLong(8, 0x20000), p -> {}, "platform.smt");
        assertOnly(r -> r.putLong(8, 0x830000), p -> {}, "platform.rapl_disabled");
        assertOnly(r -> r.putLong(8, 0x1030000), p -> {}, "platform.ciphertext_hiding");
        assertOnly(r -> r.putLong(8, 0x1830000).putLong(0x40, 0x3d), p -> {});
        assertOnly(r -> r.putLong(8, 0x3ffff & ~0xff00 | 0x0200), p -> {}, "current_firmware");
    }

    @Test
    void check_requirements_areDemanded() {
        assertDemands("policy.single_socket", p -> require(p, "SINGLE_SOCKET"), r -> r.putLong(8, 0x130000));
        assertDemands("policy.aes_256_xts", p -> require(p, "AES_256_XTS"), r -> r.putLong(8, 0x430000));
        assertDemands("platform.rapl_disabled", p -> require(p, "RAPL_DISABLED"), r -> r.putLong(0x40, 0x2d));
        assertDemands("platform.ciphertext_hiding", p -> require(p, "CIPHERTEXT_HIDING"), r -> r.putLong(0x40, 0x35));
        assertDemands(
                "author_key",
                p -> require(p, "AUTHOR_KEY"),
                r -> r.putInt(0x48, 1).put(0x110, (byte) 1));
        assertOnly(r -> r.putLong(0x40, 0x21), p -> require(p, "ECC"), "platform.ecc");
        assertOnly(r -> r.putLong(0x40, 0x05), p -> require(p, "ALIAS_CHECK"), "platform.alias_check");
        assertOnly(r -> {}, p -> {
            require(p, "ECC");
            require(p, "ALIAS_CHECK");
            require(p, "CHIP_ID");
        });
        assertThat(SnpCase.of(SnpKey.VLEK, SnpProduct.MILAN)
                        .policy(strictWith(p -> require(p, "CHIP_ID")))
                        .rules())
                .containsExactly("chip_id.present");
    }

    @Test
    void check_aliasCheck_isNotBelievedOfFirmwareThatHasNone() {
        SnpTcb old = new SnpTcb(0, 4, 1, 22, 219);
        Consumer<ByteBuffer> everywhere = r -> {
            for (int at : new int[] {0x38, 0x180, 0x1e0, 0x1f0}) {
                SnpPki.put(r, at, old, SnpProduct.MILAN);
            }
        };
        Consumer<SnpPki.Draft> certified = d -> SnpPki.number(d, "3.3", 22);
        assertThat(SnpCase.milan().report(everywhere).vek(certified).rules()).containsExactly("platform.alias_check");
        assertThat(SnpCase.milan()
                        .report(everywhere.andThen(r -> r.putLong(0x40, 0x05)))
                        .vek(certified)
                        .rules())
                .isEmpty();
        assertThat(SnpCase.milan().report(everywhere).vek(certified).crypto().rules())
                .isEmpty();
    }

    @Test
    void check_measurement_isOneThatIsAllowed() {
        assertDemands(
                "measurement",
                p -> {
                    p.put("measurement_required", true);
                    p.putArray("measurements").add(hex(48));
                },
                r -> r.put(0x90, ONES_48));
    }

    @Test
    void check_identities_areOfThoseThatAreListed() {
        assertDemands("host_data", p -> p.putArray("host_data").add(hex(32)), r -> r.put(0xc0, filled(32)));
        assertDemands("family_id", p -> p.putArray("family_ids").add(hex(16)), r -> r.put(0x10, filled(16)));
        assertDemands("image_id", p -> p.putArray("image_ids").add(hex(16)), r -> r.put(0x20, filled(16)));
        assertDemands("id_key_digest", p -> p.putArray("id_key_digests").add(hex(48)), r -> r.put(0xe0, ONES_48));
        assertDemands(
                "author_key_digest",
                p -> p.putArray("author_key_digests").add(hex(48)),
                r -> r.put(0x110, ONES_48).putInt(0x48, 1));
        assertOnly(r -> {}, p -> p.putArray("chip_ids").add(hex(64)), "chip_id");
        assertOnly(r -> {}, p -> p.putArray("chip_ids").add(ByteReader.hex(SnpPki.chipId(SnpProduct.MILAN))));
    }

    @Test
    void check_minimums_areDemanded() {
        assertDemands("guest_svn", p -> p.put("minimum_guest_svn", 7), r -> r.putInt(4, 7));
        assertDemands("guest_svn", p -> p.put("minimum_guest_svn", 0xffffffffL), r -> r.putInt(4, -1));
        assertDemands("report.version", p -> p.put("minimum_report_version", 5), r -> r.putInt(0, 5));
        assertDemands("policy.abi", p -> p.put("minimum_abi", 0x011f), r -> r.putLong(8, 0x3011f));
        assertDemands(
                "firmware.minimum",
                p -> p.put("minimum_firmware", "1.55.30"),
                r -> r.putInt(0x1ec, 0x01371e).putInt(0x1e8, 0x01371e));
        assertOnly(r -> {}, p -> p.put("minimum_firmware", "1.55.29"));
    }

    @Test
    void check_mitigations_areDemandedAtLaunchAndNow() {
        Consumer<ObjectNode> policy = p -> p.put("mitigations", 0x0b);
        assertOnly(r -> {}, policy, "launch_mitigations", "current_mitigations");
        assertOnly(r -> r.putInt(0, 5).putLong(0x1f8, 0x0b), policy, "current_mitigations");
        assertOnly(r -> r.putInt(0, 5).putLong(0x1f8, 0x0a).putLong(0x200, 0x1f), policy, "launch_mitigations");
        assertOnly(r -> r.putInt(0, 5).putLong(0x1f8, 0x0b).putLong(0x200, 0x1f), policy);
    }

    @Test
    void check_productsAndKeys_areOfThoseThatAreListed() {
        assertOnly(r -> {}, p -> p.putArray("products").add("Genoa"), "product");
        assertOnly(r -> {}, p -> p.putArray("keys").add("VLEK"), "report.signing_key");
        assertOnly(r -> {}, p -> p.putArray("vmpls"), "vmpl");
    }

    private static Consumer<ByteBuffer> tcb(int at, SnpTcb tcb) {
        return r -> SnpPki.put(r, at, tcb, SnpProduct.MILAN);
    }

    @Test
    void check_patchLevels_areReportedNotAboveCommittedNotAboveCurrent() {
        for (SnpTcb lower : new SnpTcb[] {
            new SnpTcb(0, 3, 1, 24, 219),
            new SnpTcb(0, 4, 0, 24, 219),
            new SnpTcb(0, 4, 1, 23, 219),
            new SnpTcb(0, 4, 1, 24, 218)
        }) {
            assertOnly(tcb(0x1e0, lower), p -> {}, "committed_tcb");
            assertOnly(tcb(0x38, lower), p -> {}, "current_tcb");
            assertOnly(tcb(0x1f0, lower), p -> {});
        }
        SnpTcb newer = new SnpTcb(0, 5, 2, 25, 220);
        assertOnly(tcb(0x38, newer), p -> {});
        assertOnly(tcb(0x38, newer).andThen(tcb(0x1e0, newer)), p -> {});
    }

    @Test
    void check_provisionalFirmware_isForbiddenUnlessAllowed() {
        Consumer<ObjectNode> none = p -> p.putArray("allowed").add("SMT");
        assertOnly(tcb(0x38, new SnpTcb(0, 5, 2, 25, 220)), none, "provisional_firmware");
        assertOnly(r -> r.putInt(0x1e8, 0x01371e), none, "provisional_firmware");
        assertOnly(r -> {}, none);
        assertOnly(r -> r.putInt(0x1e8, 0x01371c), p -> {}, "committed_firmware");
    }

    @Test
    void check_minimumPatchLevels_areDemandedComponentByComponent() {
        SnpTcb good = SnpPki.tcb(SnpProduct.MILAN);
        Consumer<ObjectNode> met = p -> p.withObject("/minimum_tcb").set("Milan", good.json(SnpProduct.MILAN));
        assertOnly(r -> {}, met);
        for (String level : new String[] {"bl", "tee", "snp", "ucode"}) {
            Consumer<ObjectNode> one = met.andThen(p -> {
                ObjectNode milan = (ObjectNode) p.get("minimum_tcb").get("Milan");
                milan.put(level, milan.get(level).asInt() + 1);
            });
            assertOnly(r -> {}, one, "reported_tcb");
        }
        Consumer<ObjectNode> launch =
                p -> p.withObject("/minimum_launch_tcb").set("Milan", good.json(SnpProduct.MILAN));
        assertOnly(tcb(0x1f0, new SnpTcb(0, 4, 1, 23, 219)), launch, "launch_tcb");
        assertOnly(r -> {}, launch);
    }

    @Test
    void check_turinsFirstMutableCode_countsToo() {
        SnpTcb least = new SnpTcb(2, 2, 3, 4, 81);
        SnpPolicy policy = strictWith(p -> p.withObject("/minimum_tcb").set("Turin", least.json(SnpProduct.TURIN)));
        assertThat(SnpCase.turin().policy(policy).rules()).containsExactly("reported_tcb");
    }

    private static SnpPolicy server(Revocation revocation) {
        String measurement = ByteReader.hex(
                java.util.Arrays.copyOfRange(SnpPki.unsigned(SnpKey.VCEK, SnpProduct.MILAN, r -> {}), 0x90, 0xc0));
        return SnpPolicy.server(
                Set.of(measurement), Map.of(SnpProduct.MILAN, SnpPki.tcb(SnpProduct.MILAN)), revocation);
    }

    @Test
    void server_withoutWhatItTrustsBy_cannotBeMade() {
        Map<SnpProduct, SnpTcb> least = Map.of(SnpProduct.MILAN, SnpPki.tcb(SnpProduct.MILAN));
        Revocation waived = Revocation.waived("operations");
        assertThatThrownBy(() -> SnpPolicy.server(Set.of(), least, waived)).hasMessageContaining("measurements");
        assertThatThrownBy(() -> SnpPolicy.server(Set.of(hex(48)), Map.of(), waived))
                .hasMessageContaining("minimum_tcb");
        assertThatThrownBy(() -> SnpPolicy.server(Set.of(hex(48)), least, Revocation.wherePresent()))
                .hasMessageContaining("revocation");
        assertThatThrownBy(() -> SnpPolicy.server(Set.of("ab"), least, waived)).hasMessageContaining("48 bytes");
        assertThatThrownBy(() -> Revocation.waived(" ")).hasMessageContaining("waived_by");
    }

    @Test
    void server_revocationRequired_isUnjudgedWithoutAListAndBoundedInAge() {
        SnpCase c = SnpCase.milan().policy(server(Revocation.required(Duration.ofDays(7))));
        assertThat(c.appraise().result()).isEqualTo(Result.UNJUDGED);
        assertThat(c.rules()).containsExactly("crl");
        c.crl(SnpPki.crl(SnpProduct.MILAN, SnpPki.ARK, b -> {}));
        assertThat(c.rules()).isEmpty();
        c.policy(server(Revocation.required(Duration.ofHours(23))));
        assertThat(c.rules()).containsExactly("crl.age");
        SnpCase waived = SnpCase.milan().policy(server(Revocation.waived("operations")));
        assertThat(waived.rules()).isEmpty();
        assertThat(SnpCase.of(SnpKey.VCEK, SnpProduct.GENOA)
                        .policy(server(Revocation.waived("operations")))
                        .rules())
                .containsExactly("product", "reported_tcb");
    }

    @Test
    void parse_whatItWrites_isThePolicyAgain() {
        SnpPolicy server = server(Revocation.required(Duration.ofHours(36)));
        assertThat(SnpPolicy.parse(server.json(), "")).isEqualTo(server);
        assertThat(SnpPolicy.parse(SnpPolicy.strict().json(), "")).isEqualTo(SnpPolicy.strict());
        SnpPolicy firmware = strictWith(p -> p.put("minimum_firmware", "1.55.29"));
        assertThat(SnpPolicy.parse(firmware.json(), "")).isEqualTo(firmware);
    }

    @Test
    void parse_policyThatLeavesARuleOut_refuses() {
        for (String name : new String[] {"products", "keys", "vmpls", "revocation"}) {
            ObjectNode json = SnpPolicy.strict().json();
            json.remove(name);
            assertThatThrownBy(() -> SnpPolicy.parse(json, ""))
                    .isInstanceOf(InvalidDocument.class)
                    .hasMessageContaining(name);
        }
        for (String name : new String[] {"measurement_required", "minimum_tcb_required"}) {
            ObjectNode json = SnpPolicy.strict().json();
            json.remove(name);
            assertThatThrownBy(() -> SnpPolicy.parse(json, "")).isInstanceOf(InvalidDocument.class);
        }
        ObjectNode json = SnpPolicy.strict().json();
        json.remove("allowed");
        assertThat(SnpPolicy.parse(json, "").allowed()).isEmpty();
    }

    @Test
    void parse_unknownOrWrongMembers_areRefusedByName() {
        Map<String, String> wrong = Map.of(
                "products", "[\"Rome\"]",
                "keys", "[\"VCEK\", 1]",
                "vmpls", "[4]",
                "measurements", "[\"ABCD\"]",
                "minimum_tcb", "{\"Milan\": {\"bl\": 1}}",
                "minimum_firmware", "\"1.300.2\"",
                "minimum_report_version", "4",
                "minimum_guest_svn", "-1",
                "revocation", "{\"demand\": \"WAIVED\"}",
                "alowed", "[]");
        wrong.forEach((name, value) -> {
            ObjectNode json = SnpPolicy.strict().json();
            json.set(name, Json.read(value));
            assertThatThrownBy(() -> SnpPolicy.parse(json, ""))
                    .describedAs(name)
                    .isInstanceOf(InvalidDocument.class);
        });
    }
}
