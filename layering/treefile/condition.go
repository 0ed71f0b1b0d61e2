package treefile

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Condition is "VARIABLE OPERATOR VALUE" of a conditional include, where the
// operator is one of == != < <= > >=. The ordering operators compare whole
// numbers.
type Condition struct {
	Variable, Operator, Value string
}

// ParseCondition reads the text form. The value may be quoted.
func ParseCondition(s string) (Condition, error) {
	words, err := splitWords(s)
	if err != nil {
		return Condition{}, err
	}
	if len(words) != 3 {
		return Condition{}, fmt.Errorf("condition %q: expected VARIABLE OPERATOR VALUE", s)
	}
	switch words[1] {
	case "==", "!=", "<", "<=", ">", ">=":
		return Condition{words[0], words[1], words[2]}, nil
	}
	return Condition{}, fmt.Errorf("condition %q: unknown operator %q", s, words[1])
}

// String is the inverse of [ParseCondition].
func (c Condition) String() string {
	value := c.Value
	if value == "" || strings.ContainsAny(value, " \t") {
		value = strconv.Quote(value)
	}
	return c.Variable + " " + c.Operator + " " + value
}

// MarshalJSON writes the text form.
func (c Condition) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }

// Eval tells whether the condition holds. A variable that is not set is an
// error.
func (c Condition) Eval(vars map[string]string) (bool, error) {
	have, ok := vars[c.Variable]
	if !ok {
		return false, fmt.Errorf("condition %q: variable %q is not set", c, c.Variable)
	}
	a, errA := strconv.ParseInt(have, 10, 64)
	b, errB := strconv.ParseInt(c.Value, 10, 64)
	numeric := errA == nil && errB == nil
	switch {
	case c.Operator == "==":
		return have == c.Value || numeric && a == b, nil
	case c.Operator == "!=":
		return have != c.Value && !(numeric && a == b), nil
	case !numeric:
		return false, fmt.Errorf("condition %q: %q and %q are not both numbers", c, have, c.Value)
	}
	switch c.Operator {
	case "<":
		return a < b, nil
	case "<=":
		return a <= b, nil
	case ">":
		return a > b, nil
	}
	return a >= b, nil
}
