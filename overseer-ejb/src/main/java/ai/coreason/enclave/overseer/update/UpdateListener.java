package ai.coreason.enclave.overseer.update;

import jakarta.ejb.MessageDriven;
import jakarta.inject.Inject;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.TextMessage;

/**
 * Takes claim checks from the queue. The message's transaction is suspended while the update is appraised, and goes on with its
 * settlement: that the message is taken and what became of its update are one. An error of the Overseer itself gives the message
 * back, and after three times it goes to the dead-letter queue; its update then waits until its round ends without it.
 *
 * <p>A crash at any instant leaves one of two states. Before the transaction has committed nothing is written, the message
 * is delivered again, and the update is appraised anew, by the trust policy of then. Afterwards the message is gone
 * and everything is written; prepared and not yet committed, it is one of the two once the transaction manager has recovered. A
 * message that comes again all the same finds an update that no longer waits, and changes nothing.
 */
@MessageDriven(name = "UpdateListener")
public class UpdateListener implements MessageListener {
    @Inject
    private UpdateAppraiser appraiser;

    @Inject
    private UpdateSettlement settlement;

    @Override
    public void onMessage(Message message) {
        try {
            ClaimCheck check = ClaimCheck.parse(((TextMessage) message).getText());
            settlement.settle(check, appraiser.appraise(check));
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }
}
