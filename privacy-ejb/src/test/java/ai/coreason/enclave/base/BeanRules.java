package ai.coreason.enclave.base;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** What the compiler does not say of enterprise beans. */
public final class BeanRules {
    /** The container's proxies let public methods through only; a call of another one compiles, and fails when it is made. */
    public static final ArchRule CALLS_GO_TO_PUBLIC_METHODS = methods()
            .that()
            .areDeclaredInClassesThat()
            .areAnnotatedWith("jakarta.ejb.Stateless")
            .or()
            .areDeclaredInClassesThat()
            .areAnnotatedWith("jakarta.ejb.Singleton")
            .should(beCalledFromOutsideOnlyIfPublic())
            .allowEmptyShould(true);

    private BeanRules() {}

    private static ArchCondition<JavaMethod> beCalledFromOutsideOnlyIfPublic() {
        return new ArchCondition<>("be called from other classes only if public") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean bound = method.getModifiers().contains(JavaModifier.PUBLIC)
                        || method.getModifiers().contains(JavaModifier.STATIC);
                for (JavaAccess<?> call : method.getAccessesToSelf()) {
                    if (!bound
                            && !call.getOriginOwner().equals(method.getOwner())
                            && !call.getOriginOwner()
                                    .getName()
                                    .startsWith(method.getOwner().getName() + "$")) {
                        events.add(SimpleConditionEvent.violated(method, call.getDescription()));
                    }
                }
            }
        };
    }
}
