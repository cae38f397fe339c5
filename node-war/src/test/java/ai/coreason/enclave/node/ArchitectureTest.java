package ai.coreason.enclave.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
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
            .resideInAPackage("..node..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.coreason.enclave.overseer..", "ai.coreason.enclave.web..", "ai.djl..");

    @ArchTest
    static final ArchRule lowerModules = noClasses()
            .that()
            .resideInAnyPackage("ai.coreason.enclave.privacy..", "ai.coreason.enclave.sentry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.coreason.enclave.node..");

    @ArchTest
    static final ArchRule rooms =
            slices().matching("ai.coreason.enclave.node.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule compositionRoot = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.node.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.coreason.enclave.node");

    @ArchTest
    static final ArchRule persistence = classes()
            .that()
            .resideInAPackage("ai.coreason.enclave.node..")
            .and()
            .resideOutsideOfPackage("ai.coreason.enclave.node.training")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("jakarta.persistence..");

    @ArchTest
    static final ArchRule pureRooms = noClasses()
            .that()
            .resideInAnyPackage("..node.site..", "..node.evidence..", "..node.data..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta..");

    @ArchTest
    static final ArchRule beans = BeanRules.CALLS_GO_TO_PUBLIC_METHODS;
}
