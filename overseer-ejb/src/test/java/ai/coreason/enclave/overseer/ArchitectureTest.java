package ai.coreason.enclave.overseer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.coreason.enclave.base.BeanRules;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "ai.coreason.enclave", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule modules = noClasses()
            .that()
            .resideInAPackage("..overseer..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "ai.coreason.enclave.web..", "ai.coreason.enclave.node..", "ai.djl..", "jakarta.ws.rs..");

    @ArchTest
    static final ArchRule lowerModules = noClasses()
            .that()
            .resideInAnyPackage("ai.coreason.enclave.privacy..", "ai.coreason.enclave.sentry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..overseer..");

    @ArchTest
    static final ArchRule rooms =
            slices().matching("ai.coreason.enclave.overseer.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule mathematics = noClasses()
            .that()
            .resideInAPackage("..overseer.vault..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.persistence..", "jakarta.jms..");

    @ArchTest
    static final ArchRule beans = BeanRules.CALLS_GO_TO_PUBLIC_METHODS;
}
