package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.plan.PlanRule;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Optional;

/**
 * What one node is asked to do in one attempt of one round. The digests of job and plan are computed from what is
 * carried, so a task cannot carry a job or plan other than it names; and the plan keeps to what the job fixes.
 *
 * @param key which attempt it is for; the job's id is a UUID in lower case, the round at most the job's number of rounds
 * @param nonce the verifier's single-use nonce, 32 bytes
 * @param baseDigest SHA-256 of the base model's safetensors file
 * @param plan steps, sampling rate, noise and clipping
 * @param deadline when the round closes
 * @param job the job itself, so that a site can judge it
 * @param hpke where to seal the update to
 */
public record RoundTask(
        AttemptKey key,
        byte[] nonce,
        String baseDigest,
        TrainingPlan plan,
        Instant deadline,
        FederationJob job,
        SealingKey hpke) {
    /** Length of a nonce, bytes. */
    public static final int NONCE_LENGTH = 32;

    /**
     * Copies the nonce.
     *
     * @throws IllegalArgumentException if it does not have 32 bytes
     */
    public RoundTask {
        if (nonce.length != NONCE_LENGTH) {
            throw new IllegalArgumentException("nonce: expected " + NONCE_LENGTH + " bytes, got " + nonce.length);
        }
        nonce = nonce.clone();
    }

    /** A copy of the nonce. */
    @Override
    public byte[] nonce() {
        return nonce.clone();
    }

    /** The job's digest. */
    public String jobDigest() {
        return JobDigest.of(job, key.jobId(), hpke);
    }

    /** The plan's digest. */
    public String planDigest() {
        return plan.digest();
    }

    /**
     * Reads a task.
     *
     * @throws InvalidDocument naming the first member that does not fit, or a digest that is not that of what is carried
     */
    public static RoundTask parse(JsonNode json, JobRules rules) {
        JsonFields f = JsonFields.of(json, "");
        FederationJob job = FederationJob.parse(f.any("job", "a federation job"), f.at("job"), rules);
        TrainingPlan plan = TrainingPlan.parse(f.any("plan", "a training plan"), f.at("plan"));
        requirePlanOf(job, plan, f.at("plan"));
        requireDigest(f, "plan_digest", plan.digest());
        RoundTask task = new RoundTask(
                new AttemptKey(
                        Formats.uuid(f, "job_id"),
                        f.whole("round", 1, job.rounds()),
                        f.whole("attempt", 1, AttemptKey.MAX_ATTEMPTS)),
                Formats.base64(f, "nonce", NONCE_LENGTH, NONCE_LENGTH),
                Formats.sha256(f, "base_digest"),
                plan,
                Formats.time(f, "deadline"),
                job,
                SealingKey.read(f.object("hpke")));
        requireDigest(f, "job_digest", task.jobDigest());
        f.end();
        return task;
    }

    /** The task as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object()
                .put("job_id", key.jobId())
                .put("job_digest", jobDigest())
                .put("round", key.round())
                .put("attempt", key.attempt())
                .put("nonce", Formats.base64(nonce))
                .put("base_digest", baseDigest);
        out.set("plan", plan.json());
        out.put("plan_digest", planDigest()).put("deadline", deadline.toString());
        out.set("job", job.json());
        out.set("hpke", hpke.json());
        return out;
    }

    @Override
    public String toString() {
        return "RoundTask[" + key.jobId() + ", round " + key.round() + ", attempt " + key.attempt() + "]";
    }

    /** A site approves the job, so a plan may not train otherwise than the job says. */
    private static void requirePlanOf(FederationJob job, TrainingPlan plan, String path) {
        Optional<PlanRule.Difference> departure;
        try {
            departure = job.planRule().departure(plan);
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(path, "a plan that the job leads to", "one with which " + e.getMessage());
        }
        departure.ifPresent(d -> {
            throw InvalidDocument.at(path + "." + d.member(), d.expected() + ", as in the job", d.came());
        });
    }

    private static void requireDigest(JsonFields f, String name, String actual) {
        String given = Formats.sha256(f, name);
        if (!given.equals(actual)) {
            throw InvalidDocument.at(f.at(name), "the digest of what the task carries, " + actual, given);
        }
    }
}
