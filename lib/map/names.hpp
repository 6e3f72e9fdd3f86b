// SPDX-License-Identifier: Apache-2.0
/// Interned names that the codecs and the runner use.
#pragma once

#include "base/symbol.hpp"

namespace lhcr::map {

struct Names {
  explicit Names(SymbolTable& symbols)
      : code(symbols.intern("code")),
        codeSystem(symbols.intern("codeSystem")),
        codeSystemName(symbols.intern("codeSystemName")),
        codeSystemVersion(symbols.intern("codeSystemVersion")),
        displayName(symbols.intern("displayName")),
        originalText(symbols.intern("originalText")),
        translation(symbols.intern("translation")),
        value(symbols.intern("value")),
        unit(symbols.intern("unit")),
        low(symbols.intern("low")),
        high(symbols.intern("high")),
        center(symbols.intern("center")),
        width(symbols.intern("width")),
        nullFlavor(symbols.intern("nullFlavor")),
        root(symbols.intern("root")),
        extension(symbols.intern("extension")),
        assigningAuthorityName(symbols.intern("assigningAuthorityName")),
        templateId(symbols.intern("templateId")),
        id(symbols.intern("id")),
        text(symbols.intern("text")),
        reference(symbols.intern("reference")),
        use(symbols.intern("use")),
        op(symbols.intern("operator")),
        institutionSpecified(symbols.intern("institutionSpecified")),
        period(symbols.intern("period")),
        phase(symbols.intern("phase")),
        alignment(symbols.intern("alignment")),
        dayOfWeek(symbols.intern("dayOfWeek")),
        event(symbols.intern("event")),
        offset(symbols.intern("offset")),
        numerator(symbols.intern("numerator")),
        denominator(symbols.intern("denominator")),
        given(symbols.intern("given")),
        family(symbols.intern("family")),
        prefix(symbols.intern("prefix")),
        suffix(symbols.intern("suffix")),
        qualifier(symbols.intern("qualifier")),
        city(symbols.intern("city")),
        state(symbols.intern("state")),
        postalCode(symbols.intern("postalCode")),
        country(symbols.intern("country")),
        county(symbols.intern("county")),
        streetAddressLine(symbols.intern("streetAddressLine")),
        mediaType(symbols.intern("mediaType")),
        representation(symbols.intern("representation")),
        useablePeriod(symbols.intern("useablePeriod")),
        validTime(symbols.intern("validTime")),
        inclusive(symbols.intern("inclusive")),
        name(symbols.intern("name")),
        system(symbols.intern("system")),
        display(symbols.intern("display")),
        coding(symbols.intern("coding")),
        url(symbols.intern("url")),
        start(symbols.intern("start")),
        end(symbols.intern("end")),
        line(symbols.intern("line")),
        district(symbols.intern("district")),
        identifier(symbols.intern("identifier")),
        type(symbols.intern("type")),
        resourceType(symbols.intern("resourceType")),
        entry(symbols.intern("entry")),
        resource(symbols.intern("resource")),
        fullUrl(symbols.intern("fullUrl")),
        meta(symbols.intern("meta")),
        contained(symbols.intern("contained")),
        subject(symbols.intern("subject")),
        div(symbols.intern("div")),
        status(symbols.intern("status")),
        data(symbols.intern("data")),
        contentType(symbols.intern("contentType")),
        title(symbols.intern("title")),
        comparator(symbols.intern("comparator")),
        target(symbols.intern("target")),
        request(symbols.intern("request")),
        method(symbols.intern("method")),
        section(symbols.intern("section")),
        component(symbols.intern("component")),
        structuredBody(symbols.intern("structuredBody")),
        ClinicalDocument(symbols.intern("ClinicalDocument")),
        classCode(symbols.intern("classCode")),
        moodCode(symbols.intern("moodCode")),
        typeCode(symbols.intern("typeCode")),
        ID(symbols.intern("ID")),
        styleCode(symbols.intern("styleCode")),
        border(symbols.intern("border")),
        listType(symbols.intern("listType")),
        item(symbols.intern("item")),
        list(symbols.intern("list")),
        paragraph(symbols.intern("paragraph")),
        content(symbols.intern("content")),
        table(symbols.intern("table")),
        thead(symbols.intern("thead")),
        tbody(symbols.intern("tbody")),
        tfoot(symbols.intern("tfoot")),
        tr(symbols.intern("tr")),
        td(symbols.intern("td")),
        th(symbols.intern("th")),
        caption(symbols.intern("caption")),
        col(symbols.intern("col")),
        colgroup(symbols.intern("colgroup")),
        br(symbols.intern("br")),
        sub(symbols.intern("sub")),
        sup(symbols.intern("sup")),
        linkHtml(symbols.intern("linkHtml")),
        href(symbols.intern("href")),
        renderMultiMedia(symbols.intern("renderMultiMedia")),
        referencedObject(symbols.intern("referencedObject")),
        footnote(symbols.intern("footnote")),
        footnoteRef(symbols.intern("footnoteRef")),
        IDREF(symbols.intern("IDREF")),
        version(symbols.intern("version")),
        userSelected(symbols.intern("userSelected")),
        timestamp(symbols.intern("timestamp")),
        valueCode(symbols.intern("valueCode")),
        valueCoding(symbols.intern("valueCoding")),
        valueQuantity(symbols.intern("valueQuantity")),
        effectiveTime(symbols.intern("effectiveTime")),
        valueString(symbols.intern("valueString")),
        valueDateTime(symbols.intern("valueDateTime")),
        valuePeriod(symbols.intern("valuePeriod")),
        repeat(symbols.intern("repeat")),
        frequency(symbols.intern("frequency")),
        frequencyMax(symbols.intern("frequencyMax")),
        periodMax(symbols.intern("periodMax")),
        periodUnit(symbols.intern("periodUnit")),
        when(symbols.intern("when")),
        boundsPeriod(symbols.intern("boundsPeriod")),
        bounds(symbols.intern("bounds")),
        dosage(symbols.intern("dosage")),
        partOf(symbols.intern("partOf")),
        assigner(symbols.intern("assigner")),
        rank(symbols.intern("rank")),
        creation(symbols.intern("creation")),
        language(symbols.intern("language")),
        profile(symbols.intern("profile")),
        tag(symbols.intern("tag")),
        xsi_type(symbols.intern("xsi:type")),
        fhir_class(symbols.intern("class")) {}

  Symbol code;
  Symbol codeSystem;
  Symbol codeSystemName;
  Symbol codeSystemVersion;
  Symbol displayName;
  Symbol originalText;
  Symbol translation;
  Symbol value;
  Symbol unit;
  Symbol low;
  Symbol high;
  Symbol center;
  Symbol width;
  Symbol nullFlavor;
  Symbol root;
  Symbol extension;
  Symbol assigningAuthorityName;
  Symbol templateId;
  Symbol id;
  Symbol text;
  Symbol reference;
  Symbol use;
  Symbol op;
  Symbol institutionSpecified;
  Symbol period;
  Symbol phase;
  Symbol alignment;
  Symbol dayOfWeek;
  Symbol event;
  Symbol offset;
  Symbol numerator;
  Symbol denominator;
  Symbol given;
  Symbol family;
  Symbol prefix;
  Symbol suffix;
  Symbol qualifier;
  Symbol city;
  Symbol state;
  Symbol postalCode;
  Symbol country;
  Symbol county;
  Symbol streetAddressLine;
  Symbol mediaType;
  Symbol representation;
  Symbol useablePeriod;
  Symbol validTime;
  Symbol inclusive;
  Symbol name;
  Symbol system;
  Symbol display;
  Symbol coding;
  Symbol url;
  Symbol start;
  Symbol end;
  Symbol line;
  Symbol district;
  Symbol identifier;
  Symbol type;
  Symbol resourceType;
  Symbol entry;
  Symbol resource;
  Symbol fullUrl;
  Symbol meta;
  Symbol contained;
  Symbol subject;
  Symbol div;
  Symbol status;
  Symbol data;
  Symbol contentType;
  Symbol title;
  Symbol comparator;
  Symbol target;
  Symbol request;
  Symbol method;
  Symbol section;
  Symbol component;
  Symbol structuredBody;
  Symbol ClinicalDocument;
  Symbol classCode;
  Symbol moodCode;
  Symbol typeCode;
  Symbol ID;
  Symbol styleCode;
  Symbol border;
  Symbol listType;
  Symbol item;
  Symbol list;
  Symbol paragraph;
  Symbol content;
  Symbol table;
  Symbol thead;
  Symbol tbody;
  Symbol tfoot;
  Symbol tr;
  Symbol td;
  Symbol th;
  Symbol caption;
  Symbol col;
  Symbol colgroup;
  Symbol br;
  Symbol sub;
  Symbol sup;
  Symbol linkHtml;
  Symbol href;
  Symbol renderMultiMedia;
  Symbol referencedObject;
  Symbol footnote;
  Symbol footnoteRef;
  Symbol IDREF;
  Symbol version;
  Symbol userSelected;
  Symbol timestamp;
  Symbol valueCode;
  Symbol valueCoding;
  Symbol valueQuantity;
  Symbol effectiveTime;
  Symbol valueString;
  Symbol valueDateTime;
  Symbol valuePeriod;
  Symbol repeat;
  Symbol frequency;
  Symbol frequencyMax;
  Symbol periodMax;
  Symbol periodUnit;
  Symbol when;
  Symbol boundsPeriod;
  Symbol bounds;
  Symbol dosage;
  Symbol partOf;
  Symbol assigner;
  Symbol rank;
  Symbol creation;
  Symbol language;
  Symbol profile;
  Symbol tag;
  Symbol xsi_type;
  Symbol fhir_class;
};

}  // namespace lhcr::map
