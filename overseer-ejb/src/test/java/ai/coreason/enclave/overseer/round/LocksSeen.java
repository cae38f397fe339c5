package ai.coreason.enclave.overseer.round;

import ai.coreason.enclave.overseer.job.Job;
import ai.coreason.enclave.sentry.contract.ContributionKey;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.TypedQuery;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Watches an entity manager and writes down which rows are locked, in their order; all that it is asked for it does. */
final class LocksSeen {
    private final List<String> locks = new ArrayList<>();

    /** The entity manager to be used instead. */
    EntityManager watching(EntityManager em) {
        return proxy(EntityManager.class, (proxy, method, args) -> {
            if (method.getName().equals("find") && args.length > 2 && args[2] == LockModeType.PESSIMISTIC_WRITE) {
                locks.add(((Class<?>) args[0]).getSimpleName() + " " + args[1]);
            }
            Object result = call(em, method, args);
            return method.getName().equals("createQuery") && result instanceof TypedQuery<?> query
                    ? watching(query, (Class<?>) args[1])
                    : result;
        });
    }

    private TypedQuery<?> watching(TypedQuery<?> query, Class<?> type) {
        Map<String, Object> named = new HashMap<>();
        return proxy(TypedQuery.class, (proxy, method, args) -> {
            if (method.getName().equals("setParameter")) {
                named.put((String) args[0], args[1]);
            }
            if (method.getName().equals("setLockMode") && args[0] == LockModeType.PESSIMISTIC_WRITE) {
                locks.add(type.getSimpleName() + " " + named.get("job"));
            }
            Object result = call(query, method, args);
            return result == query ? proxy : result;
        });
    }

    /** What was locked since the last call of this. */
    List<String> taken() {
        List<String> taken = List.copyOf(locks);
        locks.clear();
        return taken;
    }

    /** The job of a contribution and the contribution, as they are written down. */
    static List<String> of(ContributionKey key) {
        return List.of(
                Job.class.getSimpleName() + " " + key.jobId(), Contribution.class.getSimpleName() + " " + key.jobId());
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
