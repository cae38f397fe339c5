package ai.coreason.enclave.launcher.simulate;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;

/**
 * A Java agent that ends its JVM by SIGKILL where a method is entered or left for the n-th time. Its argument is
 * {@code class#method#n#advice}. The code that it adds uses nothing but java.lang, so that it runs in any class loader.
 */
public final class KillAgent {
    private static final String LEFT = "enclave.kill.left";

    private KillAgent() {}

    /** Where a method is killed. */
    public enum When {
        /** As it begins. */
        ENTER(OnEnter.class),
        /** As it returns. */
        EXIT(OnExit.class),
        /** As it begins, if its second argument is false: the second phase of a commit in two. */
        SECOND_PHASE(OnSecondPhase.class);

        private final Class<?> advice;

        When(Class<?> advice) {
            this.advice = advice;
        }
    }

    /** Called by the JVM. */
    public static void premain(String argument, Instrumentation instrumentation) {
        String[] parts = argument.split("#");
        System.setProperty(LEFT, parts[2]);
        new AgentBuilder.Default()
                .with(AgentBuilder.Listener.StreamWriting.toSystemError().withErrorsOnly())
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .type(named(parts[0]))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(When.valueOf(parts[3]).advice)
                                .on(named(parts[1]).and(not(isAbstract())))))
                .installOn(instrumentation);
    }

    /** Writes the agent's jar into a folder. */
    static Path jar(Path folder) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.put(new Attributes.Name("Premain-Class"), KillAgent.class.getName());
        main.put(new Attributes.Name("Can-Retransform-Classes"), "true");
        main.put(
                Attributes.Name.CLASS_PATH,
                Advice.class.getProtectionDomain().getCodeSource().getLocation().toString());
        Path jar = folder.resolve("kill-agent.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest)) {
            for (Class<?> c :
                    new Class<?>[] {KillAgent.class, When.class, OnEnter.class, OnExit.class, OnSecondPhase.class}) {
                String name = c.getName().replace('.', '/') + ".class";
                entries.putNextEntry(new JarEntry(name));
                entries.write(c.getClassLoader().getResourceAsStream(name).readAllBytes());
            }
        }
        return jar;
    }

    /** Added to the beginning of a method. */
    public static final class OnEnter {
        private OnEnter() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static void enter() throws Exception {
            int left = Integer.getInteger("enclave.kill.left") - 1;
            System.setProperty("enclave.kill.left", Integer.toString(left));
            if (left == 0) {
                new ProcessBuilder(
                                "kill",
                                "-9",
                                Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            }
        }
    }

    /** Added to the end of a method. */
    public static final class OnExit {
        private OnExit() {}

        @Advice.OnMethodExit(suppress = Throwable.class)
        static void exit() throws Exception {
            int left = Integer.getInteger("enclave.kill.left") - 1;
            System.setProperty("enclave.kill.left", Integer.toString(left));
            if (left == 0) {
                new ProcessBuilder(
                                "kill",
                                "-9",
                                Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            }
        }
    }

    /** Added to the beginning of {@code XAResource.commit(xid, onePhase)}. */
    public static final class OnSecondPhase {
        private OnSecondPhase() {}

        @Advice.OnMethodEnter(suppress = Throwable.class)
        static void enter(@Advice.Argument(1) boolean onePhase) throws Exception {
            if (!onePhase) {
                int left = Integer.getInteger("enclave.kill.left") - 1;
                System.setProperty("enclave.kill.left", Integer.toString(left));
                if (left == 0) {
                    new ProcessBuilder(
                                    "kill",
                                    "-9",
                                    Long.toString(ProcessHandle.current().pid()))
                            .start()
                            .waitFor();
                }
            }
        }
    }
}
