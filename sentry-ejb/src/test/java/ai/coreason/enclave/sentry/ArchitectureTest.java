package ai.coreason.enclave.sentry;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.coreason.enclave.sentry.contract.ContributionKey;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "ai.coreason.enclave", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packages_haveNoCycle =
            slices().matching("ai.coreason.enclave.sentry.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule sentry_knowsOnlyPrivacy = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.sentry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "ai.coreason.enclave.overseer..", "ai.coreason.enclave.web..", "ai.coreason.enclave.node..");

    @ArchTest
    static final ArchRule verifiersAndCodecs_arePureJava = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.sentry..")
            .and()
            .resideOutsideOfPackage("ai.coreason.enclave.sentry.audit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta..", "ai.djl..");

    /** The verifiers stand alone: what they judge comes in messages, and they know the base. */
    @ArchTest
    static final ArchRule attestation_knowsTheBaseAndItsMessagesOnly = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.sentry.attestation..")
            .should()
            .dependOnClassesThat(resideInAPackage("ai.coreason.enclave..")
                    .and(not(
                            resideInAnyPackage("ai.coreason.enclave.sentry.attestation..", "ai.coreason.enclave.base")))
                    .and(not(belongToAnyOf(
                            Evidence.class,
                            HardwareType.class,
                            SealingKey.class,
                            ContributionKey.class,
                            UpdateStatement.class))));

    @ArchTest
    static final ArchRule attestation_roomsHaveNoCycle = slices().matching(
                    "ai.coreason.enclave.sentry.attestation.(*)..")
            .should()
            .beFreeOfCycles();

    @ArchTest
    static final ArchRule data_roomsHaveNoCycle =
            slices().matching("ai.coreason.enclave.sentry.data.(*)..").should().beFreeOfCycles();

    /** What all rooms of attestation share knows none of them. */
    @ArchTest
    static final ArchRule attestation_vocabularyKnowsNoRoom = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.sentry.attestation")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.coreason.enclave.sentry.attestation.*..");
}
