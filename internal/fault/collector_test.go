package fault

import (
	"errors"
	"testing"
)

func TestACollectorReturnsTheFirstFaultWithAll(t *testing.T) {
	var inner, c Collector
	c.Add(nil)
	if c.Err() != nil || c.HasFaults() {
		t.Fatal("an empty collector has an error")
	}
	inner.Add(Input("b", "input.map"), At(Missing(), "c"))
	c.Add(Input("a", "input.map"), inner.Err(), Denied())
	f, ok := Of(c.Err())
	if !ok || f.Code != BadUserInput || f.Field != "a" {
		t.Fatalf("%+v", f)
	}
	var fields string
	for _, v := range f.Violations() {
		fields += v.Field + ":" + string(v.Code) + " "
	}
	if fields != "a:BAD_USER_INPUT b:BAD_USER_INPUT c:NOT_FOUND " {
		t.Error(fields)
	}
}

func TestACollectorReturnsARefusalThatCameFirstAndAnyInternalError(t *testing.T) {
	var refused, broken Collector
	refused.Add(Denied(), Input("a", "input.map"))
	if !Has(refused.Err(), Forbidden) {
		t.Errorf("%v", refused.Err())
	}
	cause := errors.New("no disk")
	broken.Add(Input("a", "input.map"), cause)
	if broken.Err() != cause {
		t.Errorf("%v", broken.Err())
	}
}
