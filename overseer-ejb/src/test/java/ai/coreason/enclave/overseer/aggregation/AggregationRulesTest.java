package ai.coreason.enclave.overseer.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.privacy.plan.Strategy;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AggregationRulesTest {
    private static List<JavaClass> written() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("ai.coreason.enclave.overseer")
                        .stream()
                        .filter(c -> c.isAssignableTo(AggregationRule.class) && !c.isInterface())
                        .toList();
    }

    @Test
    void of_eachStrategyOfThisVersion_isTheOneRuleThatIsWrittenAndMarkedForIt() throws Exception {
        List<AggregationRule> rules = new ArrayList<>();
        for (JavaClass rule : written()) {
            assertThat(rule.isAnnotatedWith(ServerRule.class))
                    .as(rule.getName())
                    .isTrue();
            rules.add((AggregationRule) rule.reflect().getDeclaredConstructor().newInstance());
        }

        AggregationRules found = new AggregationRules(rules);

        assertThat(rules)
                .extracting(AggregationRule::strategy)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(Strategy.values())
                        .filter(Strategy::available)
                        .toList());
        assertThat(rules).allSatisfy(r -> assertThat(found.of(r.strategy())).isSameAs(r));
    }

    @Test
    void of_strategyThatThisVersionDoesNotHave_isRefused() {
        assertThatThrownBy(() -> new AggregationRules(List.<AggregationRule>of(new FedAvg())).of(Strategy.KRUM))
                .hasMessage("strategy: expected one available in this version, got KRUM");
    }

    @Test
    void rules_availableStrategyWithoutOneOrWithTwo_areRefused() {
        assertThatThrownBy(() -> new AggregationRules(List.<AggregationRule>of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("FED_AVG: expected an aggregation rule, got none");
        assertThatThrownBy(() -> new AggregationRules(List.<AggregationRule>of(new FedAvg(), new FedAvg())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("FED_AVG: expected one aggregation rule, got FedAvg and FedAvg");
    }
}
