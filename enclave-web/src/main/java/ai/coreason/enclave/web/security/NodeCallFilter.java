package ai.coreason.enclave.web.security;

import ai.coreason.enclave.overseer.identity.EnrolledNode;
import ai.coreason.enclave.overseer.identity.FederationCa;
import ai.coreason.enclave.overseer.identity.NodeRegistry;
import ai.coreason.enclave.sentry.contract.ProblemType;
import ai.coreason.enclave.web.problem.Problem;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * Lets a node through by its certificate: of this federation's authority (TLS checked that), for the node that it names,
 * and the last that the node was given. The caller's principal is then the node id.
 */
@Provider
@NodeCall
@Priority(Priorities.AUTHENTICATION)
public class NodeCallFilter implements ContainerRequestFilter {
    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

    @Context
    private HttpServletRequest request;

    @Inject
    private NodeRegistry nodes;

    @Override
    public void filter(ContainerRequestContext context) {
        if (!(request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain) || chain.length == 0) {
            context.abortWith(Problem.response(
                    ProblemType.UNAUTHENTICATED, "expected a node's certificate on the node endpoint, got none"));
            return;
        }
        Optional<String> named = FederationCa.nodeId(chain[0]);
        Optional<EnrolledNode> node = named.flatMap(id -> nodes.authenticate(id, chain[0]));
        if (node.isEmpty()) {
            context.abortWith(Problem.response(
                    ProblemType.UNAUTHENTICATED,
                    "expected the node's last certificate, got one that is not valid now"));
            return;
        }
        context.setSecurityContext(new NodeContext(node.get().id()));
    }

    private record NodeContext(String nodeId) implements SecurityContext {
        @Override
        public Principal getUserPrincipal() {
            return this::nodeId;
        }

        @Override
        public boolean isUserInRole(String role) {
            return false;
        }

        @Override
        public boolean isSecure() {
            return true;
        }

        @Override
        public String getAuthenticationScheme() {
            return SecurityContext.CLIENT_CERT_AUTH;
        }
    }
}
