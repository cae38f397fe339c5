package ai.coreason.enclave.node.overseer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * The bytes of one answer, bounded, that outlive a lost connection: a later try that is answered 206 is appended to what
 * came before, any other answer begins anew. One request at a time may write to it.
 */
final class ReceivedBody implements BodyHandler<byte[]> {
    private static final int PARTIAL_CONTENT = 206;

    private final long limit;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Optional<String> etag = Optional.empty();
    private Subscriber current;

    /**
     * @param limit the most bytes accepted; a longer answer fails with an {@link IOException}
     */
    ReceivedBody(long limit) {
        this.limit = limit;
    }

    /** How many bytes a next try need not fetch again: 0 unless a successful answer with an ETag broke off. */
    synchronized int resumable() {
        return etag.isPresent() ? bytes.size() : 0;
    }

    /** The ETag of the answer that broke off, as sent, with its quotes. */
    synchronized Optional<String> etag() {
        return etag;
    }

    @Override
    public synchronized BodySubscriber<byte[]> apply(ResponseInfo info) {
        boolean continues = info.statusCode() == PARTIAL_CONTENT && startsAt(info) == bytes.size();
        if (!continues) {
            bytes.reset();
            etag = info.statusCode() == 200 ? info.headers().firstValue("ETag") : Optional.empty();
        }
        long expected =
                bytes.size() + info.headers().firstValueAsLong("Content-Length").orElse(0);
        current = new Subscriber(
                info.statusCode() == PARTIAL_CONTENT && !continues
                        ? "a part of the body that was not asked for"
                        : expected > limit ? tooLong(expected) : "");
        return current;
    }

    private static long startsAt(ResponseInfo info) {
        String range = info.headers().firstValue("Content-Range").orElse("");
        String digits = range.replaceFirst("^bytes (\\d{1,18})-.*$", "$1");
        return digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
    }

    private String tooLong(long came) {
        return "expected at most " + limit + " bytes, got " + came;
    }

    private synchronized Optional<String> append(Subscriber from, List<ByteBuffer> buffers) {
        if (from != current) {
            return Optional.of("a later try took over");
        }
        for (ByteBuffer buffer : buffers) {
            if (bytes.size() + (long) buffer.remaining() > limit) {
                return Optional.of(tooLong(bytes.size() + (long) buffer.remaining()));
            }
            byte[] chunk = new byte[buffer.remaining()];
            buffer.get(chunk);
            bytes.writeBytes(chunk);
        }
        return Optional.empty();
    }

    private synchronized byte[] whole() {
        return bytes.toByteArray();
    }

    private final class Subscriber implements BodySubscriber<byte[]> {
        private final CompletableFuture<byte[]> result = new CompletableFuture<>();
        private final String refusal;
        private Flow.Subscription subscription;

        Subscriber(String refusal) {
            this.refusal = refusal;
        }

        @Override
        public CompletionStage<byte[]> getBody() {
            return result;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            if (refusal.isEmpty()) {
                given.request(Long.MAX_VALUE);
            } else {
                refuse(refusal);
            }
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            if (!result.isDone()) {
                append(this, buffers).ifPresent(this::refuse);
            }
        }

        @Override
        public void onError(Throwable error) {
            result.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            result.complete(whole());
        }

        private void refuse(String why) {
            result.completeExceptionally(new IOException(why));
            subscription.cancel();
        }
    }
}
