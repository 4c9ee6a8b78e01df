package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"usher/internal/i18n"
)

func TestAFaultIsFoundInAChainOfErrors(t *testing.T) {
	t.Parallel()
	f := Input("grant.groupIds", "grant.no_group")
	wrapped := fmt.Errorf("invite: %w", fmt.Errorf("grant: %w", f))
	got, ok := Of(wrapped)
	if !ok || got != f || got.Field != "grant.groupIds" || got.Code != BadUserInput {
		t.Errorf("Of = %v, %v", got, ok)
	}
	if !Has(wrapped, BadUserInput) || Has(wrapped, Conflict) ||
		Has(errors.New("x"), BadUserInput) || Has(nil, BadUserInput) {
		t.Error("Has does not look at the code of the fault in the chain")
	}
	if _, ok := Of(errors.New("connection refused")); ok {
		t.Error("an internal error was taken for a fault")
	}
}

func TestFaultsAreTheSameByCodeAndKey(t *testing.T) {
	t.Parallel()
	sent := fmt.Errorf("x: %w", New(LinkUsed, "link.used", i18n.Args{"Email": "a@example.org"}))
	for target, same := range map[error]bool{
		New(LinkUsed, "link.used"):     true,
		New(LinkUsed, "link.declined"): false,
		New(Conflict, "link.used"):     false,
		errors.New("link.used"):        false,
	} {
		if errors.Is(sent, target) != same {
			t.Errorf("errors.Is with %v is not %v", target, same)
		}
	}
}

func TestTheCauseOfAFaultIsForTheLogAlone(t *testing.T) {
	t.Parallel()
	cause := errors.New("pq: relation \"members\" does not exist")
	f := New(Unavailable, "fault.internal").Because(cause)
	if !errors.Is(f, cause) {
		t.Error("the log cannot find the cause")
	}
	for _, l := range i18n.Locales {
		if said := f.Message.In(l); strings.Contains(said, "pq") || said == "fault.internal" {
			t.Errorf("%s: %q", l, said)
		}
	}
	if strings.Contains(f.Error(), "pq") {
		t.Errorf("the sentence tells the cause: %q", f)
	}
}

func TestALimitSaysHowLongToWaitInWholeSecondsRoundedUp(t *testing.T) {
	t.Parallel()
	for wait, seconds := range map[time.Duration]int{
		time.Millisecond: 1, time.Second: 1, 1001 * time.Millisecond: 2, time.Minute: 60, 0: 0,
	} {
		f := Limited(wait, "invite.held")
		if f.Code != RateLimited || f.RetryAfter != wait || f.Message.Args["Seconds"] != seconds ||
			f.Message.Args["Count"] != seconds {
			t.Errorf("%v: %+v", wait, f)
		}
	}
}

func TestWhatIsMissingNeverSaysWhy(t *testing.T) {
	t.Parallel()
	a, b := Missing(), Missing()
	if a == b {
		t.Error("two refusals share one value, which Because would change for both")
	}
	if a.Code != NotFound || a.Field != "" || len(a.Message.Args) != 0 || a.Error() == "" {
		t.Errorf("%+v", a)
	}
}

func TestAnnotateNamesTheOperationOfInternalErrors(t *testing.T) {
	t.Parallel()
	fails := func(cause error) (err error) {
		defer Annotate(&err, "invite users")
		return cause
	}
	broken := errors.New("connection reset")
	if err := fails(broken); err.Error() != "invite users: connection reset" ||
		!errors.Is(err, broken) {
		t.Errorf("an internal error became %q", err)
	}
	refused := New(Conflict, "outbox.not_failed")
	if err := fails(refused); err != error(refused) {
		t.Errorf("a fault became %v", err)
	}
	if err := fails(nil); err != nil {
		t.Errorf("no error became %v", err)
	}
}
