package ai.coreason.enclave.launcher;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "ai.coreason.enclave.launcher", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule rooms_haveNoCycle =
            slices().matching("ai.coreason.enclave.launcher.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule commands_doNotKnowTheirList = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.launcher.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.coreason.enclave.launcher");

    @ArchTest
    static final ArchRule launcher_isNoServer = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "ai.coreason.enclave.web..",
                    "ai.coreason.enclave.node..",
                    "jakarta.ws.rs..",
                    "jakarta.ejb..",
                    "ai.djl..");
}
