package ai.coreason.enclave.web;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.coreason.enclave.web.security.NodeCall;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import java.util.Set;

@AnalyzeClasses(packages = "ai.coreason.enclave", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** What a node has to call before it has a certificate. */
    private static final Set<String> OPEN = Set.of("EnrolmentResource", "OverseerEvidenceResource");

    @ArchTest
    static final ArchRule callers = methods()
            .that()
            .areAnnotatedWith(GET.class)
            .or()
            .areAnnotatedWith(DELETE.class)
            .or()
            .areAnnotatedWith(POST.class)
            .or()
            .areAnnotatedWith(PUT.class)
            .should(new ArchCondition<>("say by a role or a certificate who may call") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    boolean said = method.isAnnotatedWith(RolesAllowed.class)
                            || method.getOwner().isAnnotatedWith(RolesAllowed.class)
                            || method.getOwner().isAnnotatedWith(NodeCall.class)
                            || OPEN.contains(method.getOwner().getSimpleName());
                    events.add(new SimpleConditionEvent(method, said, method.getFullName()));
                }
            });

    @ArchTest
    static final ArchRule rooms_haveNoCycle =
            slices().matching("ai.coreason.enclave.web.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule lowerModules_knowNoTransport = noClasses()
            .that()
            .resideOutsideOfPackage("ai.coreason.enclave.web..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.coreason.enclave.web..", "jakarta.ws.rs..", "jakarta.servlet..");

    @ArchTest
    static final ArchRule database = noClasses()
            .that()
            .resideInAPackage("ai.coreason.enclave.web..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jakarta.persistence..");
}
