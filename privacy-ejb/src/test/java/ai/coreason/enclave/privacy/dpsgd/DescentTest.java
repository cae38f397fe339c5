package ai.coreason.enclave.privacy.dpsgd;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.noise.NoiseForm;
import ai.coreason.enclave.privacy.plan.Clipping;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.MetricRelease;
import ai.coreason.enclave.privacy.plan.Optimizer;
import ai.coreason.enclave.privacy.plan.Schedule;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import java.nio.FloatBuffer;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Five steps, and the learning rates of eight, against numbers that PyTorch 2.15 gave in single precision. */
class DescentTest {
    private static final float[] BEGIN = {0.5f, -1.25f, 2, 0};
    private static final float[][] GRADIENTS = {
        {1, -0.5f, 0.25f, 0.125f},
        {0.5f, 0.5f, -2, -0.125f},
        {-1.5f, 0.75f, 0.5f, 1e-4f},
        {0, -3, 1, 0.5f},
        {0.25f, 0.25f, 0.25f, -2}
    };

    private static TrainingPlan plan(String optimizer, long steps) {
        JsonFields f = JsonFields.of(Json.read(optimizer.replace('\'', '"')), "");
        return new TrainingPlan(
                Mechanism.DP_SGD,
                steps,
                1,
                1,
                1,
                Clipping.FLAT,
                8,
                0.1,
                Optimizer.read(f, steps, 0.1),
                MetricRelease.NONE,
                NoiseForm.GAUSSIAN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | 0.4749999940395355 | -1.0500000715255737 | 2.0 | 0.1499900072813034",
                "{'momentum': 0.9, 'weight_decay': 0.05}"
                        + "| 0.27551060914993286 | -0.7963562607765198 | 2.0996079444885254 | 0.09752684831619263",
                "{'optimizer': 'SGD', 'momentum': 0.8, 'nesterov': true, 'weight_decay': 0.01}"
                        + "| 0.3558538556098938 | -0.7510892748832703 | 2.113224983215332 | 0.23416022956371307",
                "{'optimizer': 'ADAM'}"
                        + "| 0.3200857937335968 | -1.1317152976989746 | 1.9928512573242188 | -0.10329864919185638",
                "{'optimizer': 'ADAM', 'beta1': 0.8, 'beta2': 0.95, 'adam_epsilon': 1e-3, 'weight_decay': 0.1}"
                        + "| 0.3280490040779114 | -1.0836577415466309 | 1.9216716289520264 | -0.07814665138721466",
                "{'optimizer': 'ADAMW'}"
                        + "| 0.3182464838027954 | -1.1258047819137573 | 1.9830071926116943 | -0.10286939144134521",
                "{'optimizer': 'ADAMW', 'beta1': 0.5, 'beta2': 0.9, 'adam_epsilon': 1e-6, 'weight_decay': 0.2}"
                        + "| 0.3571031391620636 | -1.0335381031036377 | 1.747527003288269 | -0.04424776881933212",
                "{'optimizer': 'ADAM', 'schedule': {'kind': 'cosine'}}"
                        + "| 0.32321539521217346 | -1.1696003675460815 | 1.9806880950927734 | -0.10722716897726059"
            })
    void move_fiveGradients_endsWherePyTorchEnds(String optimizer, float a, float b, float c, float d) {
        TrainingPlan plan = plan(optimizer, 5);
        FloatBuffer weights = FloatBuffer.wrap(new float[] {0.5f, -1.25f, 2, 0, 7});
        Descent descent = new Descent(plan, 4);
        for (float[] gradient : GRADIENTS) {
            FloatBuffer sum = FloatBuffer.allocate(4);
            for (int i = 0; i < 4; i++) {
                sum.put(i, gradient[i] * 8);
            }
            descent.move(weights, sum);
        }
        assertThat(weights.array()).containsExactly(new float[] {a, b, c, d, 7}, Offset.offset(5e-7f));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'kind': 'step', 'step_size': 3, 'gamma': 0.5} | 0.1 0.1 0.1 0.05 0.05 0.05 0.025 0.025",
                "{'kind': 'cosine', 'eta_min': 0.01} | 0.1 0.0965745789630079 0.08681980515339463 0.07222075445642905"
                        + " 0.055 0.03777924554357096 0.023180194846605363 0.013425421036992097",
                "{'kind': 'cosine', 'warmup_steps': 3} | 0.03333333333333333 0.06666666666666667 0.1 0.1"
                        + " 0.09045084971874738 0.06545084971874737 0.03454915028125263 0.009549150281252633",
                "{'kind': 'step', 'step_size': 2, 'warmup_steps': 4}"
                        + "| 0.025 0.05 0.075 0.1 0.1 0.1 0.010000000000000002 0.010000000000000002",
                "{'warmup_steps': 8} | 0.0125 0.025 0.0375 0.05 0.0625 0.075 0.0875 0.1",
                "{'kind': 'constant'} | 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1"
            })
    void rate_eightSteps_areThoseOfPyTorch(String schedule, String rates) {
        Schedule s = plan("{'schedule': " + schedule + "}", 8).optimizer().schedule();
        String[] expected = rates.split(" ");
        for (int step = 1; step <= 8; step++) {
            assertThat(s.rate(step, 8, 0.1))
                    .as("step %d", step)
                    .isCloseTo(Double.parseDouble(expected[step - 1]), Offset.offset(1e-15));
        }
    }

    @Test
    void move_newPlan_beginsWithoutState() {
        TrainingPlan plan = plan("{'optimizer': 'ADAM'}", 2);
        float[] first = BEGIN.clone();
        float[] again = BEGIN.clone();
        new Descent(plan, 4).move(FloatBuffer.wrap(first), FloatBuffer.wrap(GRADIENTS[0]));
        new Descent(plan, 4).move(FloatBuffer.wrap(again), FloatBuffer.wrap(GRADIENTS[0]));
        assertThat(again).isEqualTo(first).isNotEqualTo(BEGIN);
    }
}
