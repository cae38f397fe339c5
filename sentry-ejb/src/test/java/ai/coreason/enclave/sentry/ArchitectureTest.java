package ai.coreason.enclave.sentry;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

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
}
