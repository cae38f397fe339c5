package ai.coreason.enclave.overseer.stop;

/**
 * An order to stop something was given or lifted.
 *
 * @param kind what kind of thing
 * @param subject which one
 */
public record StopChanged(StopOrder.Kind kind, String subject) {}
