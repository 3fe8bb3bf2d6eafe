package io.scopegate.file;

import io.scopegate.route.Place;
import io.scopegate.route.Source;
import java.util.List;

/** What {@code places:} says of one level. Immutable. */
record PlaceEntry(List<Source> sources, Place.Reach reach, boolean hide) {}
