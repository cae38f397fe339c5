package ai.coreason.enclave.privacy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.coreason.enclave.base.BeanRules;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "ai.coreason.enclave", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule base_knowsNothingOfTheField = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.base..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.coreason.enclave.privacy..", "ai.djl..");

    @ArchTest
    static final ArchRule privacy_isTheLowestModule = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "ai.coreason.enclave.sentry..",
                    "ai.coreason.enclave.overseer..",
                    "ai.coreason.enclave.web..",
                    "ai.coreason.enclave.node..",
                    "jakarta.ws.rs..");

    @ArchTest
    static final ArchRule rooms_haveNoCycle =
            slices().matching("ai.coreason.enclave.privacy.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule engine_isTheOnlyRoomThatKnowsDjl = noClasses()
            .that()
            .resideOutsideOfPackage("ai.coreason.enclave.privacy.dpsgd")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..");

    @ArchTest
    static final ArchRule mathematics_isPureJava = noClasses()
            .that()
            .resideInAnyPackage(
                    "ai.coreason.enclave.privacy.accounting..",
                    "ai.coreason.enclave.privacy.plan..",
                    "ai.coreason.enclave.privacy.noise..",
                    "ai.coreason.enclave.privacy.graph..",
                    "ai.coreason.enclave.privacy.dpsgd..",
                    "ai.coreason.enclave.privacy.ledger.audit..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta..");

    @ArchTest
    static final ArchRule beans = BeanRules.CALLS_GO_TO_PUBLIC_METHODS;
}
