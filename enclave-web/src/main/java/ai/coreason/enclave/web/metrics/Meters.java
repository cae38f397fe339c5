package ai.coreason.enclave.web.metrics;

import ai.coreason.enclave.overseer.round.FederationCounts;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The Overseer's figures in the text format of Prometheus: the JVM's and the process's, and counts of jobs, rounds,
 * contributions and nodes, which are asked of the database when somebody reads. They name no job, node or user.
 */
@ApplicationScoped
public class Meters {
    @Inject
    private FederationCounts counts;

    private PrometheusMeterRegistry registry;
    private JvmGcMetrics pauses;
    private MultiGauge jobs;
    private MultiGauge rounds;
    private MultiGauge contributions;
    private MultiGauge nodes;

    @PostConstruct
    void bind() {
        registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        pauses = new JvmGcMetrics();
        jobs = gauge("enclave.jobs", "jobs by state");
        rounds = gauge("enclave.rounds", "attempts at rounds by state");
        contributions = gauge("enclave.contributions", "contributions to rounds by state");
        nodes = gauge("enclave.nodes", "enrolled nodes by whether they are trusted");
        List<MeterBinder> binders = List.of(
                new JvmMemoryMetrics(),
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new UptimeMetrics(),
                new FileDescriptorMetrics(),
                pauses);
        binders.forEach(b -> b.bindTo(registry));
    }

    @PreDestroy
    void close() {
        pauses.close();
        registry.close();
    }

    /** All figures as they are now. */
    synchronized String text() {
        show(jobs, counts.jobs());
        show(rounds, counts.rounds());
        show(contributions, counts.contributions());
        Map<Boolean, Long> enrolled = counts.nodes();
        show(nodes, Map.of("trusted", enrolled.get(true), "untrusted", enrolled.get(false)));
        return registry.scrape();
    }

    private static <S> void show(MultiGauge gauge, Map<S, Long> byState) {
        gauge.register(
                byState.entrySet().stream()
                        .map(e -> MultiGauge.Row.of(
                                Tags.of("state", e.getKey().toString().toLowerCase(Locale.ROOT)), e.getValue()))
                        .toList(),
                true);
    }

    private MultiGauge gauge(String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }
}
