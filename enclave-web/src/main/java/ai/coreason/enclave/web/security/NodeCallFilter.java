package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.enrolment.Standing;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.Problem;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Lets a node through by its certificate: of this federation's authority (TLS checked that), for the node that it names, the last
 * that the node was given, and neither it nor the node revoked. The caller's principal is then the node id. A node in quarantine
 * gets only what says that it may.
 */
@Provider
@NodeCall
@Priority(Priorities.AUTHENTICATION)
public class NodeCallFilter implements ContainerRequestFilter {
    @Context
    private HttpServletRequest request;

    @Context
    private ResourceInfo called;

    @Inject
    private NodeCaller caller;

    @Override
    public void filter(ContainerRequestContext context) {
        Optional<X509Certificate> certificate = NodeCaller.certificate(request);
        Standing standing = certificate
                .map(caller::standing)
                .orElseGet(() -> new Standing.Stranger("expected a node's certificate on the node endpoint, got none"));
        if (standing instanceof Standing.Member member) {
            context.setSecurityContext(new NodeContext(member.nodeId()));
        } else if (standing instanceof Standing.Quarantined out) {
            if (called.getResourceMethod().isAnnotationPresent(InQuarantine.class)) {
                context.setSecurityContext(new NodeContext(out.nodeId()));
            } else {
                context.abortWith(Problem.response(ProblemType.UNAUTHENTICATED, out.why()));
            }
        } else if (standing instanceof Standing.Stranger stranger) {
            context.abortWith(Problem.response(ProblemType.UNAUTHENTICATED, stranger.why()));
        }
    }
}
