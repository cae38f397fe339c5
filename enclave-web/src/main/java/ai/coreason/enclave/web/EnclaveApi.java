package ai.coreason.enclave.web;

import jakarta.annotation.security.DeclareRoles;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** The REST API of the Overseer. Users bring an access token with a role; nodes bring their certificate. */
@ApplicationPath("/api/v1")
@DeclareRoles({Roles.FOUNDRY, Roles.OPERATOR, Roles.AUDITOR})
@OpenAPIDefinition(
        info =
                @Info(
                        title = "coreason-enclave Overseer",
                        version = "1",
                        description = "Confidential federated learning: jobs, rounds, models, ledger and audit.",
                        license = @License(name = "Apache-2.0")))
@SecurityScheme(
        securitySchemeName = "token",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        bearerFormat = "JWT",
        description = "An access token of the federation's issuer with one of the roles foundry, operator, auditor.")
@SecurityScheme(
        securitySchemeName = "certificate",
        type = SecuritySchemeType.MUTUALTLS,
        description = "A node's certificate, as enrolment gave it, on the node endpoint.")
public class EnclaveApi extends Application {}
