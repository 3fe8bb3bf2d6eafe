package io.scopegate.admin;

import io.scopegate.guard.LocalHandler.Answer;
import io.scopegate.route.QueryValue;
import io.scopegate.route.RequestLine;
import java.util.HashMap;
import java.util.Map;

/** Answers one kind of request. May block; safe from any thread. */
interface Endpoint {

  Answer answer(Call call);

  /**
   * A request that met an endpoint.
   *
   * @param parameters of the path, decoded
   */
  record Call(RequestLine line, Map<String, String> parameters, String body) {
    /** Copies what it is given. */
    public Call {
      parameters = Map.copyOf(parameters);
    }

    /** Returns a parameter of the path; asking for another one is a defect. */
    String parameter(String name) {
      String value = parameters.get(name);
      if (value == null) {
        throw new IllegalArgumentException("the endpoint has no parameter `" + name + "`");
      }
      return value;
    }

    /** Returns the call with one more parameter. */
    Call with(String name, String value) {
      Map<String, String> more = new HashMap<>(parameters);
      more.put(name, value);
      return new Call(line, more, body);
    }

    QueryValue query(String key) {
      return line.queryValue(key);
    }
  }
}
