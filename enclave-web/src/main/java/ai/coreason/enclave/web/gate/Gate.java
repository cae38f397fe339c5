package ai.coreason.enclave.web.gate;

import ai.coreason.enclave.overseer.token.UserTokens;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.Problem;
import ai.coreason.enclave.web.security.NodeCaller;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * The gate before the API. JSON is read before the application hears of the call, without a thread that waits for it, within a size
 * and a time that its address sets. Who shows neither a certificate nor a token that is good now may call a few addresses only, so
 * often, and a few such calls run at a time, so that nodes, rounds and health always have threads. No caller has more than a quarter
 * of the memory for bodies, or of the downloads that go on at a time. Content of an enrolled node is passed on as it comes, as long as it keeps coming.
 */
public final class Gate extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final String READING = Gate.class.getName();
    private static final int STRANGERS_AT_ONCE = 2;
    private static final int STRANGERS_WAITING = 64;
    private static final int BYTES_OF_STRANGERS = 16 << 20;
    private static final int BYTES_OF_MEMBERS = 64 << 20;
    private static final int DOWNLOADS = 128;
    private static final CallRate.Limit ADDRESS = new CallRate.Limit(20, 200);
    private static final CallRate.Limit ALL = new CallRate.Limit(100, 500);

    @Inject
    private transient UserTokens tokens;

    @Inject
    private transient NodeCaller nodes;

    private final transient Lane strangers = new Lane(STRANGERS_AT_ONCE, STRANGERS_WAITING);
    private final transient CallRate rate = new CallRate(ADDRESS, ALL, System::nanoTime);
    private final transient Share strangersBytes = new Share(BYTES_OF_STRANGERS);
    private final transient Share membersBytes = new Share(BYTES_OF_MEMBERS);
    private final transient Share downloads = new Share(DOWNLOADS);

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getAttribute(READING) instanceof BodyReading reading) {
            request.removeAttribute(READING);
            resume(new BufferedRequest(request, reading.bytes()), response, chain);
            return;
        }
        if (Download.is(request.getMethod(), path(request))) {
            download(request, response, chain);
            return;
        }
        boolean streamed = BodyRule.streamed(request.getMethod(), request.getRequestURI());
        if (!streamed && !hasBody(request)) {
            chain.doFilter(request, response);
            return;
        }
        GateCaller caller = caller(request);
        boolean stranger = caller.stranger();
        if (streamed) {
            chain.doFilter(stranger ? request : new Streamed(request), response);
            return;
        }
        BodyRule rule = BodyRule.of(request.getRequestURI());
        if (stranger && !rule.anonymous()) {
            response.setHeader("Connection", "close");
            chain.doFilter(new BufferedRequest(request, new byte[0]), response); // refused for want of a name
            return;
        }
        if (stranger && !rate.allows(caller.name())) {
            refuse(response, ProblemType.TOO_MANY, "expected fewer calls without a certificate; ask again in a while");
            return;
        }
        read(request, response, rule, caller);
    }

    private void download(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        GateCaller caller = caller(request);
        if (caller.stranger()) {
            chain.doFilter(request, response); // refused for want of a name
            return;
        }
        if (!downloads.take(caller.name(), 1)) {
            refuse(response, ProblemType.UNAVAILABLE, "expected fewer downloads at a time; ask again in a while");
            return;
        }
        Held held = new Held(downloads, caller.name(), 1);
        try {
            chain.doFilter(request, response);
        } finally {
            held.release();
        }
    }

    private static String path(HttpServletRequest request) {
        return request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    private void read(HttpServletRequest request, HttpServletResponse response, BodyRule rule, GateCaller caller)
            throws IOException {
        if (request.getContentLengthLong() > rule.bytes()) {
            refuse(response, ProblemType.TOO_LARGE, "body: expected at most " + rule.bytes() + " bytes, got more");
            return;
        }
        Share share = caller.stranger() ? strangersBytes : membersBytes;
        int room = request.getContentLengthLong() < 0 ? rule.bytes() : (int) request.getContentLengthLong();
        if (!share.take(caller.name(), room)) {
            refuse(response, ProblemType.UNAVAILABLE, "this Overseer is busy; ask again in a while");
            return;
        }
        Held held = new Held(share, caller.name(), room);
        request.setAttribute(Held.class.getName(), held);
        BodyReading reading = new BodyReading(
                request.startAsync(request, response),
                request.getInputStream(),
                rule,
                r -> whole(request, r, caller),
                held::release);
        reading.begin();
    }

    private void whole(HttpServletRequest request, BodyReading reading, GateCaller caller) {
        request.setAttribute(READING, reading);
        if (!caller.stranger()) {
            reading.dispatch();
            return;
        }
        request.setAttribute(Lane.class.getName(), strangers);
        reading.turn(() -> {
            if (!reading.dispatch()) {
                strangers.done();
            }
        });
        if (!strangers.enter(caller.name(), reading.turn())) {
            reading.refuse(ProblemType.UNAVAILABLE, "this Overseer is busy; ask again in a while");
        }
    }

    private static void resume(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } finally {
            ((Held) request.getAttribute(Held.class.getName())).release();
            if (request.getAttribute(Lane.class.getName()) instanceof Lane lane) {
                lane.done();
            }
        }
    }

    private static void refuse(HttpServletResponse response, ProblemType type, String detail) throws IOException {
        response.setHeader("Connection", "close");
        response.setHeader("Retry-After", "5");
        Problem.write(response, type, detail);
    }

    private GateCaller caller(HttpServletRequest request) {
        return GateCaller.of(
                NodeCaller.certificate(request).map(nodes::standing),
                tokens.judge(Optional.ofNullable(request.getHeader("Authorization"))),
                request.getRemoteAddr());
    }

    private static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0
                || request.getHeader("Transfer-Encoding") != null
                || (request.getProtocol().startsWith("HTTP/2")
                        && request.getContentLengthLong() < 0
                        && !request.getMethod().equals("GET")
                        && !request.getMethod().equals("HEAD"));
    }

    private static final class Streamed extends HttpServletRequestWrapper {
        private ServletInputStream body;

        Streamed(HttpServletRequest request) {
            super(request);
        }

        @Override
        public ServletInputStream getInputStream() throws IOException {
            if (body == null) {
                body = new LeastRate(super.getInputStream(), System::nanoTime);
            }
            return body;
        }
    }
}
